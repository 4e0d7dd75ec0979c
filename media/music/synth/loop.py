"""A loop of tape: what rings on beyond its end is heard at its beginning, so that it turns without a seam."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from media.music.encoding import RATE

Sound: TypeAlias = NDArray[np.floating[Any]]
"""Samples of one channel; a loop's are of two, as rows."""


class Loop:
    def __init__(self, seconds: float) -> None:
        self.sound: Sound = np.zeros((2, round(seconds * RATE)), np.float32)

    @property
    def length(self) -> int:
        """In samples."""
        return int(self.sound.shape[1])

    def add(self, sound: Sound, at_s: float, *, level: float = 1.0, pan: float = 0.0) -> None:
        """Lay a sound over what is there. `pan` is from -1 (left) to 1 (right), equally loud everywhere."""
        angle = (pan + 1) * np.pi / 4
        both = level * np.array([[np.cos(angle)], [np.sin(angle)]]) * sound
        at = round(at_s * RATE) % self.length
        while both.shape[1]:
            room = min(self.length - at, both.shape[1])
            self.sound[:, at : at + room] += both[:, :room]
            both, at = both[:, room:], 0
