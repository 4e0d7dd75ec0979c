"""What lies over the picture: weather, dust, sparkles, light, grain, vignette, fade.

Each overlay is prepared once for a clip and then changes frame after frame in place. Lengths are in frame heights, so
that a clip looks the same at every size.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from providers.local.particles import Drift, Layers, Sprite, disc, dot, scattered, star, streak
from providers.local.picture import BLACK, NEUTRAL, WHITE, Picture, Plane
from providers.local.prompt import Plan

Draw = Callable[[Picture, float], None]
"""Changes a frame in place; the time is in seconds."""

FADE_SECONDS = 0.66
# Orange light (255, 130, 40) in BT.709: what it adds to brightness and the two colour planes.
_ORANGE = (0.51, -52 / 255, 58 / 255)


class Overlays:
    """The overlays of one plan for frames of one size."""

    def __init__(self, plan: Plan, *, size: tuple[int, int], seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._chance = np.random.default_rng(plan.seed)
        # In this order whatever the prompt's: light first, weather on it, the film itself on top.
        makers: dict[str, Callable[[], Draw]] = {
            "light_leak": self._light_leak,
            "dust": self._dust,
            "rain": self._rain,
            "snow": self._snow,
            "sparkles": self._sparkles,
            "vignette": self._vignette,
            "grain": self._grain,
            "fade": self._fade,
        }
        self._draws = [make() for name, make in makers.items() if name in plan.overlays]

    def draw(self, frame: Picture, time: float) -> None:
        """`time` is 0 … 1."""
        for overlay in self._draws:
            overlay(frame, time * self._seconds)

    def _snow(self) -> Draw:
        """From fine flakes far away to a few large ones out of focus right before the lens."""
        wind = self._between(-0.06, 0.06)
        layers = Layers(
            [
                self._falling(480, self._dots(0.0013, 0.0022, 0.3, 0.75), wind, 0.085),
                self._falling(150, self._dots(0.0026, 0.0042, 0.5, 0.95), wind, 0.15),
                self._falling(34, self._dots(0.006, 0.010, 0.5, 0.9), wind, 0.25),
                self._falling(7, self._discs(0.020, 0.036, 0.12, 0.26), wind, 0.42),
            ],
            self._size,
        )

        def draw(frame: Picture, seconds: float) -> None:
            veil = layers.veil(seconds)
            _brighten(frame.y, veil, 0.95)
            _whiten(frame, veil, 0.9)

        return draw

    def _dust(self) -> Draw:
        """Motes in warm light, floating, each layer its own way."""
        layers = Layers(
            [
                self._floating(150, self._dots(0.0013, 0.0026, 0.35, 1.0), 0.010),
                self._floating(36, self._discs(0.004, 0.009, 0.15, 0.5), 0.016),
                self._floating(9, self._discs(0.014, 0.030, 0.08, 0.2), 0.026),
            ],
            self._size,
        )
        warm = _glow_planes(self._size, lambda across, down: np.exp(-((across - 0.7) ** 2 + (down - 0.2) ** 2) * 2.2))

        def draw(frame: Picture, seconds: float) -> None:
            _add_light(frame, warm, 0.16 + 0.03 * math.sin(2 * math.pi * seconds / 5))
            _brighten(frame.y, layers.veil(seconds), 0.8)

        return draw

    def _rain(self) -> Draw:
        """Streaks at three distances under a darker, cooler sky, with mist near the ground."""
        slant = self._between(0.05, 0.16)
        layers = Layers(
            [
                self._drops(520, (0.035, 0.055), 0.7, slant, (0.12, 0.30), 1.1),
                self._drops(170, (0.07, 0.11), 0.9, slant, (0.22, 0.45), 1.7),
                self._drops(26, (0.14, 0.22), 1.5, slant, (0.18, 0.34), 2.6),
            ],
            self._size,
        )
        mist = _glow_planes(self._size, lambda _across, down: np.clip((down - 0.35) / 0.65, 0, 1) ** 1.5)[0]

        def draw(frame: Picture, seconds: float) -> None:
            cv2.convertScaleAbs(frame.y, frame.y, 0.84, BLACK * 0.16)
            cv2.convertScaleAbs(frame.u, frame.u, 0.75, NEUTRAL * 0.25 + 3)  # less colour, and of it more blue
            cv2.convertScaleAbs(frame.v, frame.v, 0.75, NEUTRAL * 0.25)
            _brighten(frame.y, mist, 0.15 + 0.03 * math.sin(2 * math.pi * seconds / 6))
            _brighten(frame.y, layers.veil(seconds), 0.85)

        return draw

    def _sparkles(self) -> Draw:
        """Glints that flash up and die away in place, few of them large."""
        width, height = self._size
        glints = []
        for _ in range(54):
            size = 0.012 + 0.055 * self._between(0, 1) ** 3
            shape = star(max(3, round(size * height)))
            x = round(self._between(0, width - shape.shape[1]))
            y = round(self._between(0, (height - shape.shape[0]) * 0.95))
            glints.append((shape, x, y, self._between(0, 1), self._between(1.3, 2.8)))

        def draw(frame: Picture, seconds: float) -> None:
            for shape, x, y, phase, life in glints:
                light = math.sin(math.pi * ((seconds / life + phase) % 1)) ** 6
                if light > 0.02:
                    _brighten(frame.y[y : y + shape.shape[0], x : x + shape.shape[1]], shape, light)

        return draw

    def _light_leak(self) -> Draw:
        """Orange light through a gap in the camera: from one side, wandering along it, swelling and fading."""
        width, height = self._size
        side = int(self._chance.integers(2))
        start, way = self._between(0.0, 0.5), self._between(0.25, 0.5)
        small = (64, max(2, round(64 * height / width)))
        across, down = np.meshgrid(np.linspace(0, 1, small[0]), np.linspace(0, 1, small[1]))
        inward = across if side == 0 else 1 - across

        def draw(frame: Picture, seconds: float) -> None:
            middle = start + way * seconds / self._seconds
            core = np.exp(-(((inward + 0.02) / 0.20) ** 2) - ((down - middle) / 0.34) ** 2)
            halo = np.exp(-(((inward + 0.05) / 0.55) ** 2) - ((down - middle) / 0.75) ** 2)
            swell = 0.72 + 0.20 * math.sin(2 * math.pi * seconds / 4.3) + 0.08 * math.sin(2 * math.pi * seconds / 1.7)
            glow = np.asarray(np.clip(core * 0.75 + halo * 0.5, 0, 1) * 255 * swell, np.uint8)
            _add_light(frame, _sized(glow, self._size), 0.95)

        return draw

    def _grain(self) -> Draw:
        width, height = self._size
        noise = self._chance.normal(NEUTRAL, 40, (height + 64, width + 64)).clip(0, 255).astype(np.uint8)
        soft = np.asarray(cv2.GaussianBlur(noise, (3, 3), 0.7), np.uint8)
        places = self._chance.integers(0, 64, (4096, 2))

        def draw(frame: Picture, seconds: float) -> None:
            # Twelve grains a second: a new one for every frame would be noise without a rhythm.
            x, y = places[int(seconds * 12) % len(places)]
            cv2.addWeighted(frame.y, 1.0, soft[y : y + height, x : x + width], 0.22, -0.22 * NEUTRAL, frame.y)

        return draw

    def _vignette(self) -> Draw:
        width, height = self._size
        across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        dark = np.clip((np.hypot(across, down) - 0.55) / 0.9, 0, 1) ** 1.6 * 0.62
        keep: Plane = ((1 - dark) * 255).astype(np.uint8)

        def draw(frame: Picture, _seconds: float) -> None:
            cv2.multiply(frame.y, keep, frame.y, 1 / 255)

        return draw

    def _fade(self) -> Draw:
        """In from black and out to it."""

        def draw(frame: Picture, seconds: float) -> None:
            light = min(1.0, (seconds + 0.02) / FADE_SECONDS, (self._seconds - seconds + 0.02) / FADE_SECONDS)
            if light < 1.0:
                for plane, rest in ((frame.y, BLACK), (frame.u, NEUTRAL), (frame.v, NEUTRAL)):
                    cv2.convertScaleAbs(plane, plane, light, rest * (1 - light))

        return draw

    def _between(self, low: float, high: float) -> float:
        return float(self._chance.uniform(low, high))

    def _dots(self, smallest: float, largest: float, dimmest: float, lightest: float) -> Callable[[], Sprite]:
        height = self._size[1]
        return lambda: dot(max(0.7, self._between(smallest, largest) * height)) * self._between(dimmest, lightest)

    def _discs(self, smallest: float, largest: float, dimmest: float, lightest: float) -> Callable[[], Sprite]:
        height = self._size[1]
        return lambda: disc(max(1.5, self._between(smallest, largest) * height)) * self._between(dimmest, lightest)

    def _falling(self, count: int, sprite: Callable[[], Sprite], wind: float, speed: float) -> Drift:
        tile = scattered(self._size, count, sprite, self._chance)
        drift = wind * speed / 0.15
        return Drift(tile, x=drift, y=speed, sway=speed * 0.12, phase=self._between(0, 2 * math.pi))

    def _floating(self, count: int, sprite: Callable[[], Sprite], speed: float) -> Drift:
        tile = scattered(self._size, count, sprite, self._chance)
        x, y = speed * self._between(-1, 1), -speed * self._between(0.2, 1)
        return Drift(tile, x=x, y=y, sway=0.012, phase=self._between(0, 2 * math.pi))

    def _drops(
        self,
        count: int,
        length: tuple[float, float],
        thickness: float,
        slant: float,
        light: tuple[float, float],
        speed: float,
    ) -> Drift:
        height = self._size[1]
        tile = scattered(
            self._size,
            count,
            lambda: streak(self._between(*length) * height, slant, thickness) * self._between(*light),
            self._chance,
        )
        return Drift(tile, x=-slant * speed, y=speed)


def _brighten(plane: Plane, veil: Plane, strength: float) -> None:
    """Towards white by `veil` (255: all the way) times `strength`, as light adds up: never past white."""
    room = cv2.subtract(np.full_like(plane, WHITE), plane)
    cv2.add(plane, cv2.multiply(room, veil, scale=strength / 255), plane)


def _whiten(frame: Picture, veil: Plane, strength: float) -> None:
    """Take the colour from what `veil` covers, or flakes before a red wall would be pink."""
    half = cv2.resize(veil, (frame.u.shape[1], frame.u.shape[0]), interpolation=cv2.INTER_AREA)
    neutral = np.full_like(frame.u, NEUTRAL)
    for plane in (frame.u, frame.v):
        less = cv2.multiply(cv2.subtract(plane, neutral), half, scale=strength / 255)
        more = cv2.multiply(cv2.subtract(neutral, plane), half, scale=strength / 255)
        cv2.add(cv2.subtract(plane, less), more, plane)


def _glow_planes(
    size: tuple[int, int], shape: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
) -> tuple[Plane, Plane]:
    """A soft light, 0 … 255, for the brightness plane and the colour planes; `shape` of places 0 … 1."""
    across, down = np.meshgrid(np.linspace(0, 1, 64), np.linspace(0, 1, 64))
    return _sized(np.asarray(np.clip(shape(across, down), 0, 1) * 255, np.uint8), size)


def _sized(glow: Plane, size: tuple[int, int]) -> tuple[Plane, Plane]:
    half = (size[0] // 2, size[1] // 2)
    whole, quarter = (cv2.resize(glow, wanted, interpolation=cv2.INTER_CUBIC) for wanted in (size, half))
    return np.asarray(whole, np.uint8), np.asarray(quarter, np.uint8)


def _add_light(frame: Picture, glow: tuple[Plane, Plane], strength: float) -> None:
    """Shine orange light on the picture: it adds to what is there, so that blue turns warm without turning grey."""
    brightness, blue, red = (part * strength for part in _ORANGE)
    _brighten(frame.y, glow[0], brightness)
    cv2.addWeighted(frame.u, 1.0, glow[1], blue, 0.0, frame.u)
    cv2.addWeighted(frame.v, 1.0, glow[1], red, 0.0, frame.v)
