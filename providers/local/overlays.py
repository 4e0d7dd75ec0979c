"""What lies over the picture: weather, dust, sparkles, light, grain, vignette, fade.

Particles are painted once into tiles that repeat without a seam, and the tiles are moved: drawing a frame is a few
additions of whole planes, whatever the number of flakes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from providers.local.picture import BLACK, NEUTRAL, WHITE, Picture, Plane
from providers.local.prompt import Plan


@dataclass(frozen=True, slots=True)
class Drift:
    """A tile of particles and how it moves, in frame heights a second; `sway` swings it sideways by frame heights."""

    tile: Plane
    x: float
    y: float
    sway: float = 0.0


Draw = Callable[[Picture, float], None]
"""Changes a frame in place; the time is 0 … 1."""


class Overlays:
    """The overlays of one plan for frames of one size."""

    def __init__(self, plan: Plan, *, size: tuple[int, int], seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._chance = np.random.default_rng(plan.seed)
        makers: dict[str, Callable[[], Draw]] = {
            "light_leak": self._light_leak,
            "dust": lambda: self._particles([self._dust(0.004, 46, 0.010), self._dust(0.009, 16, 0.016)], 0.42),
            "rain": lambda: self._particles([self._rain(300, 0.05, 0.9), self._rain(130, 0.09, 1.4)], 0.5),
            "snow": lambda: self._particles(
                [self._snow(260, 0.0026, 0.09), self._snow(130, 0.0050, 0.16), self._snow(40, 0.0110, 0.27)], 0.95
            ),
            "sparkles": self._sparkles,
            "grain": self._grain,
            "vignette": self._vignette,
            "fade": self._fade,
        }
        # In this order whatever the prompt's: light first, weather on it, the film itself on top.
        self._draws = [make() for name, make in makers.items() if name in plan.overlays]

    def draw(self, frame: Picture, time: float) -> None:
        for overlay in self._draws:
            overlay(frame, time)

    def _particles(self, layers: list[Drift], strength: float) -> Draw:
        width, height = self._size
        tiles = [_doubled(layer.tile) for layer in layers]
        phases = self._chance.uniform(0, 2 * math.pi, len(layers))

        def draw(frame: Picture, time: float) -> None:
            seconds = time * self._seconds
            veil: Plane = np.zeros((height, width), np.uint8)
            for layer, tile, phase in zip(layers, tiles, phases, strict=True):
                swing = layer.sway * math.sin(2 * math.pi * seconds / 4 + phase)
                x, y = (layer.x * seconds + swing) * height, layer.y * seconds * height
                cv2.max(veil, _cut(tile, x, y, self._size), veil)
            _brighten(frame.y, veil, strength)

        return draw

    def _snow(self, count: int, radius: float, speed: float) -> Drift:
        tile = self._dots(count, radius, softness=0.9, dimmest=0.55)
        return Drift(tile, x=float(self._chance.uniform(-0.05, 0.05)), y=speed, sway=speed * 0.12)

    def _dust(self, radius: float, count: int, speed: float) -> Drift:
        tile = self._dots(count, radius, softness=1.6, dimmest=0.2)
        direction = float(self._chance.uniform(0, 2 * math.pi))
        return Drift(tile, x=speed * math.cos(direction), y=-abs(speed * math.sin(direction)), sway=0.01)

    def _rain(self, count: int, length: float, speed: float) -> Drift:
        width, height = self._size
        tile: Plane = np.zeros((height, width), np.uint8)
        slant = 0.12
        for _ in range(count):
            x, y = self._chance.uniform(0, width), self._chance.uniform(0, height)
            drop = length * height * self._chance.uniform(0.6, 1.2)
            light = int(self._chance.uniform(90, 220))
            for shift_x in (-width, 0, width):
                for shift_y in (-height, 0, height):
                    start = (round(x + shift_x), round(y + shift_y))
                    end = (round(x + shift_x - slant * drop), round(y + shift_y + drop))
                    cv2.line(tile, start, end, light, 1, cv2.LINE_AA)
        return Drift(cv2.GaussianBlur(tile, (3, 3), 0), x=-slant * speed, y=speed)  # type: ignore[arg-type]

    def _dots(self, count: int, radius: float, *, softness: float, dimmest: float) -> Plane:
        """Soft round dots, `radius` in frame heights, on a tile that repeats without a seam."""
        width, height = self._size
        tile = np.zeros((height, width), np.float32)
        for _ in range(count):
            size = max(0.8, radius * height * self._chance.uniform(0.6, 1.3))
            dot = _soft_dot(size, softness) * self._chance.uniform(dimmest, 1.0)
            rows = (np.arange(dot.shape[0]) + int(self._chance.integers(height))) % height
            columns = (np.arange(dot.shape[1]) + int(self._chance.integers(width))) % width
            tile[np.ix_(rows, columns)] = np.maximum(tile[np.ix_(rows, columns)], dot)
        return (tile * 255).astype(np.uint8)

    def _sparkles(self) -> Draw:
        width, height = self._size
        stars = []
        for _ in range(38):
            star = _star(int(height * self._chance.uniform(0.02, 0.06)) | 1)
            x = int(self._chance.uniform(0, width - star.shape[1]))
            y = int(self._chance.uniform(0, height - star.shape[0]) * 0.92)
            stars.append((star, x, y, self._chance.uniform(0, 1), self._chance.uniform(0.7, 1.5)))

        def draw(frame: Picture, time: float) -> None:
            for star, x, y, phase, pace in stars:
                life = (time * self._seconds * pace / 2 + phase) % 1
                light = math.sin(math.pi * life) ** 4
                rise = round(y - 0.02 * height * life)
                patch = frame.y[max(rise, 0) : max(rise, 0) + star.shape[0], x : x + star.shape[1]]
                _brighten(patch, star[: patch.shape[0]], light)

        return draw

    def _light_leak(self) -> Draw:
        """A warm glow from a corner, which wanders and swells."""
        width, height = self._size
        corner = float(self._chance.choice((0.0, 1.0)))
        small = (64, max(2, round(64 * height / width)))
        across, down = np.meshgrid(np.linspace(0, 1, small[0]), np.linspace(0, 1, small[1]))
        warm_u: Plane = np.full((height // 2, width // 2), NEUTRAL - 46, np.uint8)
        warm_v: Plane = np.full((height // 2, width // 2), NEUTRAL + 44, np.uint8)

        def draw(frame: Picture, time: float) -> None:
            x = abs(corner - 0.08 - 0.22 * time)
            distance = ((across - x) / 0.55) ** 2 + ((down - 0.15 - 0.25 * time) / 0.75) ** 2
            swell = 0.62 + 0.2 * math.sin(2 * math.pi * time * self._seconds / 5)
            glow = (np.exp(-distance * 1.6) * 255 * swell).astype(np.uint8)
            _brighten(frame.y, cv2.resize(glow, (width, height), interpolation=cv2.INTER_LINEAR), 0.42)  # type: ignore[arg-type]
            half: Plane = cv2.resize(glow, (width // 2, height // 2), interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
            _towards(frame.u, warm_u, half, 0.6)
            _towards(frame.v, warm_v, half, 0.6)

        return draw

    def _grain(self) -> Draw:
        width, height = self._size
        noise = self._chance.normal(NEUTRAL, 40, (height + 64, width + 64)).clip(0, 255).astype(np.uint8)
        noise = cv2.GaussianBlur(noise, (3, 3), 0.7)  # type: ignore[assignment]
        places = self._chance.integers(0, 64, (4096, 2))

        def draw(frame: Picture, time: float) -> None:
            # Film runs at 12 grains a second here: every second frame would be noise without a rhythm.
            x, y = places[int(time * self._seconds * 12) % len(places)]
            cut = noise[y : y + height, x : x + width]
            cv2.addWeighted(frame.y, 1.0, cut, 0.22, -0.22 * NEUTRAL, frame.y)

        return draw

    def _vignette(self) -> Draw:
        width, height = self._size
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        dark = np.clip((np.hypot(across, down) - 0.55) / 0.9, 0, 1) ** 1.6 * 0.62
        keep: Plane = ((1 - dark) * 255).astype(np.uint8)

        def draw(frame: Picture, _time: float) -> None:
            cv2.multiply(frame.y, keep, frame.y, 1 / 255)

        return draw

    def _fade(self) -> Draw:
        """In from black and out to it, two thirds of a second each."""

        def draw(frame: Picture, time: float) -> None:
            seconds = time * self._seconds
            light = min(1.0, (seconds + 0.02) / 0.66, (self._seconds - seconds + 0.02) / 0.66)
            if light < 1.0:
                for plane, rest in ((frame.y, BLACK), (frame.u, NEUTRAL), (frame.v, NEUTRAL)):
                    cv2.convertScaleAbs(plane, plane, light, rest * (1 - light))

        return draw


def _cut(tile: Plane, x: float, y: float, size: tuple[int, int]) -> Plane:
    """What is seen of a doubled tile moved by (x, y) pixels; between pixels too, or slow particles would hop."""
    width, height = size
    left, top = -x % width, -y % height
    column, row = int(left), int(top)
    seen = tile[row : row + height + 1, column : column + width + 1]
    shift = np.array([[1.0, 0.0, left - column], [0.0, 1.0, top - row]])
    moved = cv2.warpAffine(
        seen, shift, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def _doubled(tile: Plane) -> Plane:
    """The tile beside and below itself, so that every cut of one tile's size lies within."""
    return np.pad(np.tile(tile, (2, 2)), ((0, 1), (0, 1)), mode="wrap")


def _brighten(plane: Plane, veil: Plane, strength: float) -> None:
    """Towards white by `veil` (255: all the way) times `strength`, as light adds up: never past white."""
    room = cv2.subtract(np.full_like(plane, WHITE), plane)
    cv2.add(plane, cv2.multiply(room, veil, scale=strength / 255), plane)


def _towards(plane: Plane, target: Plane, veil: Plane, strength: float) -> None:
    up = cv2.multiply(cv2.subtract(target, plane), veil, scale=strength / 255)
    down = cv2.multiply(cv2.subtract(plane, target), veil, scale=strength / 255)
    cv2.subtract(cv2.add(plane, up), down, plane)


def _soft_dot(radius: float, softness: float) -> NDArray[np.float32]:
    reach = math.ceil(radius * (1 + softness)) + 1
    across, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    distance = np.hypot(across, down) / radius
    return np.asarray(np.exp(-(distance**2) / (0.5 + softness / 2)), np.float32)


def _star(size: int) -> Plane:
    """A four-pointed star with a soft heart."""
    half = size
    across, down = np.meshgrid(np.linspace(-1, 1, 2 * half + 1), np.linspace(-1, 1, 2 * half + 1))
    rays = np.exp(-np.abs(across) * 3.2 - np.abs(down) * 30) + np.exp(-np.abs(down) * 3.2 - np.abs(across) * 30)
    heart = np.exp(-(across**2 + down**2) * 26)
    edge = np.clip(1 - np.hypot(across, down), 0, 1)
    return np.asarray(np.clip(rays + heart, 0, 1) * edge * 255, np.uint8)
