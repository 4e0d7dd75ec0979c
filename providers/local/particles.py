"""Flakes, drops and motes: painted once into tiles that repeat without a seam, and then only moved.

So a frame costs a few additions of whole planes, whatever the number of particles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from providers.local.picture import Plane

Sprite = NDArray[np.float32]
"""One particle, 0 … 1."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A tile of particles and how it moves, in frame heights a second; `sway` swings it sideways by frame heights."""

    tile: Plane
    x: float
    y: float
    sway: float = 0.0
    phase: float = 0.0


class Layers:
    """Several tiles at different distances, seen as one veil."""

    def __init__(self, drifts: Iterable[Drift], size: tuple[int, int]) -> None:
        self._size = size
        self._drifts = [(drift, _doubled(drift.tile)) for drift in drifts]

    def veil(self, seconds: float) -> Plane:
        """How much of each pixel is covered, 0 … 255, at a moment."""
        width, height = self._size
        veil: Plane = np.zeros((height, width), np.uint8)
        for drift, doubled in self._drifts:
            swing = drift.sway * math.sin(2 * math.pi * seconds / 4 + drift.phase)
            x, y = (drift.x * seconds + swing) * height, drift.y * seconds * height
            cv2.max(veil, _cut(doubled, x, y, self._size), veil)
        return veil


def scattered(size: tuple[int, int], count: int, sprite: Callable[[], Sprite], chance: np.random.Generator) -> Plane:
    """A seamless tile of `size` (width, height) with `count` sprites in places drawn by lot."""
    width, height = size
    tile = np.zeros((height, width), np.float32)
    for _ in range(count):
        particle = sprite()[:height, :width]
        rows = (np.arange(particle.shape[0]) + int(chance.integers(height))) % height
        columns = (np.arange(particle.shape[1]) + int(chance.integers(width))) % width
        place = np.ix_(rows, columns)
        tile[place] = np.maximum(tile[place], particle)
    return np.asarray(tile * 255, np.uint8)


def dot(radius: float) -> Sprite:
    """Soft and round; `radius` in pixels, to where half of it is gone."""
    reach = math.ceil(radius * 2.6) + 1
    across, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    return np.asarray(np.exp(-0.7 * (np.hypot(across, down) / radius) ** 2), np.float32)


def disc(radius: float) -> Sprite:
    """Out of focus, as a lens draws a point that is too near: even, with a soft edge and a slightly brighter rim."""
    reach = math.ceil(radius * 1.3) + 1
    across, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    distance = np.hypot(across, down) / radius
    return np.asarray(np.clip((1.12 - distance) / 0.3, 0, 1) * (0.75 + 0.25 * np.clip(distance, 0, 1)), np.float32)


def streak(length: float, slant: float, thickness: float) -> Sprite:
    """A falling drop while the shutter is open: fading at both ends. Lengths in pixels; `slant` is sideways by down."""
    rows, pad = math.ceil(length) + 1, math.ceil(2.2 * thickness)
    across, down = np.meshgrid(np.arange(math.ceil(length * slant) + 2 * pad), np.arange(rows))
    way = down / (rows - 1)
    beside = (across - pad - (1 - way) * length * slant) / thickness
    return np.asarray(np.exp(-(beside**2)) * np.sin(math.pi * way) ** 1.5, np.float32)


def star(radius: int) -> Plane:
    """A glint with four rays and a soft heart, 2 · radius + 1 pixels across, 0 … 255."""
    line = np.linspace(-1, 1, 2 * radius + 1)
    across, down = np.meshgrid(line, line)
    thin = 14 + radius  # the larger the star, the finer its rays
    rays = np.exp(-np.abs(across) * 3.4 - np.abs(down) * thin) + np.exp(-np.abs(down) * 3.4 - np.abs(across) * thin)
    distance = np.hypot(across, down)
    light = np.clip(rays + np.exp(-(distance**2) * 60) + 0.22 * np.exp(-(distance**2) * 9), 0, 1)
    return np.asarray(light * np.clip(1.3 * (1 - distance), 0, 1) * 255, np.uint8)


def _cut(doubled: Plane, x: float, y: float, size: tuple[int, int]) -> Plane:
    """What is seen of a doubled tile moved by (x, y) pixels; between pixels too, or slow particles would hop."""
    width, height = size
    left, top = -x % width, -y % height
    column, row = int(left), int(top)
    seen = doubled[row : row + height + 1, column : column + width + 1]
    shift = np.array([[1.0, 0.0, left - column], [0.0, 1.0, top - row]])
    moved = cv2.warpAffine(
        seen, shift, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def _doubled(tile: Plane) -> Plane:
    """The tile beside and below itself, so that every cut of one tile's size lies within."""
    return np.pad(np.tile(tile, (2, 2)), ((0, 1), (0, 1)), mode="wrap")
