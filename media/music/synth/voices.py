"""What plays: each voice is a function from a pitch (hertz) and a length (seconds) to the samples of one note."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from media.music.encoding import RATE
from media.music.synth.loop import Sound

_HIGHEST: Final = 9_000.0
"""Hertz. Partials above it sound sharp rather than bright."""
Partial = tuple[float, float, float]
"""Its pitch as a multiple of the note's, how loud it is, and how fast (in 1/s) it dies away."""


def hertz(key: int) -> float:
    """The pitch of a MIDI key: 69 is the a' of 440 Hz."""
    return float(440.0 * 2 ** ((key - 69) / 12))


@cache
def pad(pitch: float, seconds: float, *, detune: float = 0.0, dark: float = 1.9, attack_s: float = 0.9) -> Sound:
    """A held chord's note that swells and goes, as of many soft strings. `detune` in cents."""
    release_s = 1.6
    time = _time(seconds + release_s)
    sound = np.zeros_like(time)
    for cents in (-6.0, 0.0, 5.0):
        voice = pitch * 2 ** ((cents + detune) / 1200)
        for number in range(1, 9):
            if voice * number < _HIGHEST:
                sound += np.sin(2 * np.pi * voice * number * time + number * cents) / number**dark
    shape = np.clip(time / attack_s, 0, 1) * np.clip((seconds + release_s - time) / release_s, 0, 1)
    return np.asarray(sound / 3 * np.sin(shape * np.pi / 2) ** 2)


@cache
def bell(pitch: float, seconds: float) -> Sound:
    return _struck(pitch, seconds, ((1.0, 1.0, 1.4), (2.0, 0.35, 2.2), (3.01, 0.16, 3.4), (5.4, 0.05, 6.0)), 0.004)


@cache
def pluck(pitch: float, seconds: float) -> Sound:
    """A string of nylon."""
    partials = [(float(number), 0.9**number / number, 1.6 + 0.9 * number) for number in range(1, 11)]
    return _struck(pitch, seconds, partials, 0.003)


@cache
def keys(pitch: float, seconds: float) -> Sound:
    """An electric piano, softly."""
    return _struck(pitch, seconds, ((1.0, 1.0, 1.1), (2.0, 0.28, 1.9), (3.0, 0.1, 2.8), (7.0, 0.05, 9.0)), 0.006)


@cache
def marimba(pitch: float, seconds: float) -> Sound:
    return _struck(pitch, seconds, ((1.0, 1.0, 4.5), (3.93, 0.22, 11.0), (9.2, 0.06, 26.0)), 0.002)


@cache
def bass(pitch: float, seconds: float, *, soft: bool = True) -> Sound:
    partials = [(1.0, 1.0, 0.7), (2.0, 0.35, 1.2), (3.0, 0.12 if soft else 0.3, 2.0), (4.0, 0.03, 3.0)]
    return _struck(pitch, seconds, partials, 0.02 if soft else 0.008)


@cache
def strings(pitch: float, seconds: float) -> Sound:
    """Short bows, for patterns."""
    time = _time(seconds + 0.12)
    sound = np.zeros_like(time)
    for cents in (-7.0, 6.0):
        voice = pitch * 2 ** (cents / 1200)
        for number in range(1, 15):
            if voice * number < _HIGHEST:
                sound += np.sin(2 * np.pi * voice * number * time + number * cents) / number**1.4
    shape = np.clip(time / 0.025, 0, 1) * np.clip((seconds + 0.12 - time) / 0.12, 0, 1)
    return sound / 2 * shape * np.exp(-2.5 * time)


@cache
def kick(depth: float = 46.0, *, long_s: float = 0.5) -> Sound:
    """A drum whose pitch falls to `depth` hertz."""
    time = _time(long_s)
    turns = depth * time + (110 - depth) / 28 * (1 - np.exp(-28 * time))
    return np.sin(2 * np.pi * turns) * np.exp(-6.5 / long_s * 0.5 * time) * np.clip((long_s - time) / 0.05, 0, 1)


@cache
def brush(seed: int, low: float, high: float, *, long_s: float = 0.12) -> Sound:
    """Noise between two pitches (hertz), gone after `long_s`: a shaker, a clap, the skin of a drum."""
    time = _time(long_s)
    noise = np.random.default_rng(seed).standard_normal(len(time))
    pitches = np.fft.rfftfreq(len(time), 1 / RATE)
    kept = 1 / (1 + (low / np.maximum(pitches, 1)) ** 4) / (1 + (pitches / high) ** 4)
    sound = np.fft.irfft(np.fft.rfft(noise) * kept, len(time))
    shape = np.clip(time / 0.004, 0, 1) * np.exp(-5 * time / long_s) * np.clip((long_s - time) / 0.01, 0, 1)
    return np.asarray(sound / np.abs(sound).max() * shape)


def _struck(pitch: float, seconds: float, partials: Sequence[Partial], attack_s: float) -> Sound:
    time = _time(seconds)
    sound = np.zeros_like(time)
    for multiple, loud, decay in partials:
        if pitch * multiple < _HIGHEST:
            sound += loud * np.exp(-decay * time) * np.sin(2 * np.pi * pitch * multiple * time)
    return sound * np.clip(time / attack_s, 0, 1) * np.clip((seconds - time) / 0.08, 0, 1)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE
