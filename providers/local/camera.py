"""Camera moves: for each moment a homography from the picture on the wall to the frame.

The photo hangs as a flat picture in front of a camera. A move shifts, turns and approaches; all moves of a plan add up.
Everything is computed in fractions of a pixel: nothing is ever rounded to a pixel, or the picture would tremble.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from providers.local.prompt import Plan

FOCAL = 1.7
"""Distance of the camera from the wall, in frame widths: a mild telephoto, so that turning does not distort faces."""
KEEP_INSIDE = 0.996
"""How much of the picture's half a frame's corner may reach: the rest is room for interpolation."""


@dataclass(slots=True)
class Pose:
    """How the camera stands to the picture. Lengths in frame widths, angles in radians."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0


Move = Callable[[Pose, float, float, float], None]
"""(pose to add to, eased time 0 … 1, seconds since the start, strength)"""


def eased(time: float) -> float:
    """0 … 1 with rest at both ends (a quintic: no jerk when a clip begins or ends)."""
    return time * time * time * (time * (time * 6 - 15) + 10)


class Camera:
    """The path of one plan. `at(t)` is a 3×3 matrix from frame pixels to picture pixels."""

    def __init__(self, plan: Plan, *, frame: tuple[int, int], picture: tuple[int, int], seconds: float) -> None:
        chance = random.Random(plan.seed)  # noqa: S311 - the same plan must give the same path
        self._moves = [_MOVES[name](chance) for name in plan.moves]
        self._strength = plan.strength
        self._frame, self._picture, self._seconds = frame, picture, seconds
        self._base = 1.0
        self._base = self._zoom_that_hides_the_edges()

    def at(self, time: float) -> NDArray[np.float64]:
        """`time` is 0 … 1."""
        width, height = self._picture
        per_width = width / self._frame[0]
        to_picture = np.array([[per_width, 0, (width - 1) / 2], [0, per_width, (height - 1) / 2], [0, 0, 1]])
        return np.asarray(to_picture @ np.linalg.inv(self._projection(self._pose(time))))

    def _pose(self, time: float) -> Pose:
        pose = Pose()
        for move in self._moves:
            move(pose, eased(time), time * self._seconds, self._strength)
        pose.zoom *= self._base
        return pose

    def _projection(self, pose: Pose) -> NDArray[np.float64]:
        """From the wall (in frame pixels, centre at 0) to the frame."""
        width, height = self._frame
        focal = FOCAL * width
        turn = _rotation(pose)
        offset = np.array([-pose.x * width, -pose.y * width, 0.0])
        place = turn @ offset + np.array([0.0, 0.0, focal / pose.zoom])
        lens = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
        return np.asarray(lens @ np.column_stack([turn[:, 0], turn[:, 1], place]))

    def _zoom_that_hides_the_edges(self) -> float:
        """The least zoom with which no moment of the path shows what is beyond the picture."""
        zoom = 1.0
        for _ in range(8):
            self._base = zoom
            reach = max(self._reach(step / 48) for step in range(49))
            if reach <= KEEP_INSIDE:
                break
            zoom *= reach / KEEP_INSIDE * 1.002
        return zoom

    def _reach(self, time: float) -> float:
        """How far the frame's corners reach into the picture: 1.0 is its edge."""
        width, height = self._frame
        corners = np.array([[0, 0, 1], [width - 1, 0, 1], [0, height - 1, 1], [width - 1, height - 1, 1]], float).T
        found = self.at(time) @ corners
        middle = (np.array(self._picture, float) - 1) / 2
        return float(np.max(np.abs((found[:2] / found[2]).T - middle) / middle))


def _rotation(pose: Pose) -> NDArray[np.float64]:
    cos, sin = math.cos, math.sin
    yaw = np.array([[cos(pose.yaw), 0, sin(pose.yaw)], [0, 1, 0], [-sin(pose.yaw), 0, cos(pose.yaw)]])
    pitch = np.array([[1, 0, 0], [0, cos(pose.pitch), -sin(pose.pitch)], [0, sin(pose.pitch), cos(pose.pitch)]])
    roll = np.array([[cos(pose.roll), -sin(pose.roll), 0], [sin(pose.roll), cos(pose.roll), 0], [0, 0, 1]])
    return np.asarray(roll @ pitch @ yaw)


def _zoom(direction: float) -> Callable[[random.Random], Move]:
    def make(chance: random.Random) -> Move:
        drift_x, drift_y = chance.uniform(-0.02, 0.02), chance.uniform(-0.05, -0.02)

        def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
            near = time if direction > 0 else 1 - time
            pose.zoom *= math.exp(0.24 * strength * near)
            pose.x += drift_x * near
            pose.y += drift_y * near

        return move

    return make


def _pan(x: float, y: float) -> Callable[[random.Random], Move]:
    def make(chance: random.Random) -> Move:
        length = chance.uniform(0.14, 0.18)

        def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
            pose.x += x * length * strength * (time - 0.5)
            pose.y += y * length * strength * (time - 0.5)

        return move

    return make


def _orbit(chance: random.Random) -> Move:
    side = chance.choice((-1, 1))

    def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
        angle = side * 0.30 * strength * (time - 0.5)
        pose.yaw += angle
        pose.x += 0.30 * angle
        pose.zoom *= 1 + 0.10 * strength * math.sin(math.pi * time)

    return move


def _tilt(chance: random.Random) -> Move:
    side = chance.choice((-1, 1))

    def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
        pose.pitch += side * 0.24 * strength * (time - 0.5)
        pose.roll += side * 0.035 * strength * (time - 0.5)

    return move


def _dolly(chance: random.Random) -> Move:
    side = chance.choice((-1, 1))

    def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
        pose.zoom *= math.exp(0.32 * strength * time)
        pose.pitch += 0.10 * strength * (1 - time)
        pose.yaw += side * 0.06 * strength * (1 - time)
        pose.y -= 0.055 * time

    return move


def _handheld(chance: random.Random) -> Move:
    waves = [[(chance.uniform(0.25, 1.1), chance.uniform(0, 2 * math.pi)) for _ in range(3)] for _ in range(3)]

    def sway(axis: int, seconds: float) -> float:
        return sum(math.sin(2 * math.pi * speed * seconds + phase) / 3 for speed, phase in waves[axis])

    def move(pose: Pose, _time: float, seconds: float, strength: float) -> None:
        pose.x += 0.010 * strength * sway(0, seconds)
        pose.y += 0.008 * strength * sway(1, seconds)
        pose.roll += 0.008 * strength * sway(2, seconds)

    return move


def _breathing(chance: random.Random) -> Move:
    phase, length = chance.uniform(0, 2 * math.pi), chance.uniform(3.4, 4.4)

    def move(pose: Pose, _time: float, seconds: float, strength: float) -> None:
        breath = math.sin(2 * math.pi * seconds / length + phase)
        pose.zoom *= 1 + 0.014 * strength * breath
        pose.y += 0.003 * strength * breath

    return move


_MOVES: dict[str, Callable[[random.Random], Move]] = {
    "zoom_in": _zoom(1),
    "zoom_out": _zoom(-1),
    "pan_left": _pan(-1, 0),
    "pan_right": _pan(1, 0),
    "pan_up": _pan(0, -0.7),
    "pan_down": _pan(0, 0.7),
    "orbit": _orbit,
    "tilt": _tilt,
    "dolly": _dolly,
    "handheld": _handheld,
    "breathing": _breathing,
}
