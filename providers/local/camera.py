"""The camera: for each moment of a plan, which place of the picture is seen at which place of the frame.

The photo hangs on a wall, in slight relief, and all moves of a plan add up to where the camera stands. Everything is
computed in fractions of a pixel: nothing is ever rounded to a pixel, or the picture would tremble.
"""

from __future__ import annotations

import math
import random

import numpy as np
from numpy.typing import NDArray

from providers.local.moves import MOVES, Pose, eased
from providers.local.picture import Plane
from providers.local.prompt import Plan
from providers.local.relief import nearness, relief

Places = NDArray[np.float64]
"""Pixels, in an array of two (x, y) by any number."""

FOCAL = 1.7
"""Distance of the camera from the wall, in frame widths: a mild telephoto, so that turning does not distort faces."""
DEPTH = 0.16
"""How far what is nearest stands out from the wall, in frame widths."""
KEEP_INSIDE = 0.996
"""How much of the picture's half the frame's edge may reach: the rest is room for interpolation."""


class Camera:
    """The path of one plan before one picture. `frame` is the size of the clip in pixels."""

    def __init__(self, plan: Plan, picture: Plane, *, frame: tuple[int, int], seconds: float) -> None:
        chance = random.Random(plan.seed)  # noqa: S311 - the same plan must give the same path
        self._moves = [MOVES[name](chance) for name in plan.moves]
        self._strength = plan.strength
        self._frame, self._seconds = frame, seconds
        self._picture = (picture.shape[1], picture.shape[0])
        self._relief = relief(picture)
        # In the frame's pixels the picture just fills the frame; of one of another shape something is left over.
        self._scale = min(self._picture[0] / frame[0], self._picture[1] / frame[1])
        self._base = 1.0
        self._base = self._zoom_that_hides_the_edges()

    def sources(self, places: Places, time: float) -> Places:
        """For places of the frame the places of the picture seen there. `time` is 0 … 1."""
        pose = self._pose(time)
        turn, stand = self._stand(pose)
        width, height = self._frame
        focal = FOCAL * width
        lens = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
        to_wall = np.linalg.inv(lens @ np.column_stack([turn[:, 0], turn[:, 1], stand]))
        hit = to_wall[:, :2] @ places + to_wall[:, 2:]
        wall = hit[:2] / hit[2]
        return self._on_picture(self._behind(wall, -turn.T @ stand))

    def _behind(self, wall: Places, eye: NDArray[np.float64]) -> Places:
        """Where rays from `eye` that meet the wall at `wall` meet the relief before it.

        Taken relative to how the relief looks from the place of rest: a camera at rest shows the photo as it is.
        """
        x, y = self._on_picture(wall)
        height = DEPTH * self._frame[0] * nearness(self._relief, self._picture, x, y)
        rest = FOCAL * self._frame[0] / self._base
        return np.asarray(wall + height * ((eye[:2, None] - wall) / -eye[2] + wall / rest))

    def _on_picture(self, wall: Places) -> Places:
        return np.asarray(wall * self._scale + (np.array(self._picture)[:, None] - 1) / 2)

    def _pose(self, time: float) -> Pose:
        pose = Pose()
        for move in self._moves:
            move(pose, eased(time), time * self._seconds, self._strength)
        pose.zoom *= self._base
        return pose

    def _stand(self, pose: Pose) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Rotation and translation from the wall (in the frame's pixels, its middle at 0) to the camera."""
        turn = _rotation(pose)
        width = self._frame[0]
        ahead = np.array([0.0, 0.0, FOCAL * width / pose.zoom])
        return turn, turn @ np.array([-pose.x * width, -pose.y * width, 0.0]) + ahead

    def _zoom_that_hides_the_edges(self) -> float:
        """The least zoom with which no moment of the path shows what is beyond the picture."""
        edge = _edge(self._frame)
        zoom = 1.0
        for _ in range(12):
            self._base = zoom
            reach = max(self._reach(edge, step / 48) for step in range(49))
            if reach <= KEEP_INSIDE:
                break
            zoom *= reach / KEEP_INSIDE * 1.002
        return zoom

    def _reach(self, edge: Places, time: float) -> float:
        """How far the frame's edge reaches into the picture: 1.0 is the picture's own edge."""
        middle = (np.array(self._picture)[:, None] - 1) / 2
        return float(np.max(np.abs((self.sources(edge, time) - middle) / middle)))


def _edge(frame: tuple[int, int]) -> Places:
    """Places along the edge of the frame."""
    x, y = np.linspace(0, frame[0] - 1, 17), np.linspace(0, frame[1] - 1, 17)
    right, bottom = np.full(17, frame[0] - 1.0), np.full(17, frame[1] - 1.0)
    none = np.zeros(17)
    return np.array([np.concatenate([x, x, none, right]), np.concatenate([none, bottom, y, y])])


def _rotation(pose: Pose) -> NDArray[np.float64]:
    cos, sin = math.cos, math.sin
    yaw = np.array([[cos(pose.yaw), 0, sin(pose.yaw)], [0, 1, 0], [-sin(pose.yaw), 0, cos(pose.yaw)]])
    pitch = np.array([[1, 0, 0], [0, cos(pose.pitch), -sin(pose.pitch)], [0, sin(pose.pitch), cos(pose.pitch)]])
    roll = np.array([[cos(pose.roll), -sin(pose.roll), 0], [sin(pose.roll), cos(pose.roll), 0], [0, 0, 1]])
    return np.asarray(roll @ pitch @ yaw)
