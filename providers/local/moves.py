"""Camera moves: how a camera in front of the picture shifts, turns and approaches as time goes by.

Amplitudes are what looks calm on a phone: a clip is looked at for its picture, not for its camera.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Pose:
    """How the camera stands to the picture. Lengths in frame widths, angles in radians."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    """How much nearer it is than at rest."""
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0


Move = Callable[[Pose, float, float, float], None]
"""(pose to add to, eased time 0 … 1, seconds since the start, strength)"""


def eased(time: float) -> float:
    """0 … 1, slow at both ends; not slower than this, or a short clip would stand still for most of its time."""
    return time * time * (3 - 2 * time)


def _zoom(direction: float) -> Callable[[random.Random], Move]:
    def make(chance: random.Random) -> Move:
        # Towards a little above the middle, where what matters in most photos is.
        towards_x, towards_y = chance.uniform(-0.05, 0.05), chance.uniform(-0.05, 0.0)
        reach = chance.uniform(0.20, 0.27)

        def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
            near = time if direction > 0 else 1 - time
            pose.zoom *= math.exp(reach * strength * near)
            pose.x += towards_x * near
            pose.y += towards_y * near

        return move

    return make


def _pan(x: float, y: float) -> Callable[[random.Random], Move]:
    def make(chance: random.Random) -> Move:
        length, approach = chance.uniform(0.14, 0.18), chance.uniform(0.0, 0.06)

        def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
            pose.x += x * length * strength * (time - 0.5)
            pose.y += y * length * strength * (time - 0.5)
            pose.zoom *= math.exp(approach * time)

        return move

    return make


def _orbit(chance: random.Random) -> Move:
    side, lift = chance.choice((-1, 1)), chance.uniform(-0.08, 0.08)

    def move(pose: Pose, time: float, _seconds: float, strength: float) -> None:
        angle = side * 0.30 * strength * (time - 0.5)
        pose.yaw += angle
        pose.x += 0.20 * angle
        pose.pitch += lift * strength * (time - 0.5)
        pose.zoom *= 1 + 0.08 * strength * math.sin(math.pi * time)

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
        pose.pitch += 0.08 * strength * (1 - time)
        pose.yaw += side * 0.07 * strength * (1 - time)
        pose.y -= 0.035 * time

    return move


def _handheld(chance: random.Random) -> Move:
    waves = [[(chance.uniform(0.25, 1.1), chance.uniform(0, 2 * math.pi)) for _ in range(3)] for _ in range(3)]

    def sway(axis: int, seconds: float) -> float:
        return sum(math.sin(2 * math.pi * speed * seconds + phase) / 3 for speed, phase in waves[axis])

    def move(pose: Pose, _time: float, seconds: float, strength: float) -> None:
        pose.x += 0.012 * strength * sway(0, seconds)
        pose.y += 0.010 * strength * sway(1, seconds)
        pose.roll += 0.009 * strength * sway(2, seconds)

    return move


def _breathing(chance: random.Random) -> Move:
    phase, length = chance.uniform(0, 2 * math.pi), chance.uniform(3.4, 4.4)

    def move(pose: Pose, _time: float, seconds: float, strength: float) -> None:
        breath = math.sin(2 * math.pi * seconds / length + phase)
        pose.zoom *= 1 + 0.016 * strength * breath
        pose.y += 0.003 * strength * breath

    return move


MOVES: dict[str, Callable[[random.Random], Move]] = {
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
"""Each makes one move; what the prompt leaves open is drawn by lot."""
