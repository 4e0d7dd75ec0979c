"""Draws a frame from a picture, given where each place of the frame comes from.

The way through lens, relief and moves is computed for one place in sixteen by sixteen pixels and spread in straight
lines between them, which is off by less than a hundredth of a pixel and costs almost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from providers.local.picture import Picture, Plane

CELL = 16


class Warp:
    """Draws frames of one size (width, height; both even)."""

    def __init__(self, frame: tuple[int, int]) -> None:
        # One cell more on each side, since beyond the middles of the outermost cells nothing can be spread.
        self._cells = (math.ceil(frame[0] / CELL) + 2, math.ceil(frame[1] / CELL) + 2)
        columns, rows = (np.arange(count) * CELL - CELL / 2 - 0.5 for count in self._cells)
        across, down = np.meshgrid(columns, rows)
        self._places = np.array([across.ravel(), down.ravel()])
        self._full, self._half = (
            _Spread(self._cells, CELL, frame),
            _Spread(self._cells, CELL // 2, (frame[0] // 2, frame[1] // 2)),
        )

    def draw(
        self, source: Picture, target: Picture, sources: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> None:
        """Fill `target`; `sources` tells for places of the frame where in the picture they come from."""
        found = sources(self._places).reshape(2, self._cells[1], self._cells[0])
        self._full.spread(found)
        self._full.copy(source.y, target.y)
        self._half.spread((found - 0.5) / 2)  # a pixel of colour stands for two by two of brightness
        self._half.copy(source.u, target.u)
        self._half.copy(source.v, target.v)


class _Spread:
    """Places of a coarse grid, brought to every pixel of a plane."""

    def __init__(self, cells: tuple[int, int], cell: int, size: tuple[int, int]) -> None:
        self._size = (cells[0] * cell, cells[1] * cell)
        self._whole = [np.empty((self._size[1], self._size[0]), np.float32) for _ in range(2)]
        self._x, self._y = (whole[cell : cell + size[1], cell : cell + size[0]] for whole in self._whole)

    def spread(self, places: NDArray[np.float64]) -> None:
        for axis, whole in zip(places, self._whole, strict=True):
            cv2.resize(axis.astype(np.float32), self._size, whole, interpolation=cv2.INTER_LINEAR)

    def copy(self, source: Plane, target: Plane) -> None:
        cv2.remap(source, self._x, self._y, cv2.INTER_LINEAR, target, borderMode=cv2.BORDER_REFLECT_101)
