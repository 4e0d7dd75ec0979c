"""From dry notes to a track: a room around them, an even loudness, and nothing too loud. All of it goes in circles."""

from __future__ import annotations

from typing import Final

import numpy as np

from media.music.encoding import RATE
from media.music.synth.loop import Sound

LOUDNESS: Final = -16.0
"""LUFS: what streaming services aim at for speech and quiet music."""
CEILING: Final = 0.89
"""One decibel below the loudest there is: AAC may come out a little louder than what went in."""
_KNEE: Final = 0.55
_LOWEST: Final = 32.0  # hertz


def in_a_room(sound: Sound, *, seconds: float, wet: float, seed: int = 7) -> Sound:
    """Reverb: `wet` is how much of it is heard, `seconds` how long it takes to fall by 60 dB."""
    length = sound.shape[1]
    time = np.arange(min(length, round((seconds + 0.1) * RATE))) / RATE
    shape = np.exp(-6.9 * time / seconds) * np.clip((time - 0.012) / 0.02, 0, 1)
    pitches = np.fft.rfftfreq(length, 1 / RATE).astype(np.float32)
    # A room swallows what is high, and what is low would drone in it.
    colour = pitches**2 / (pitches**2 + 180**2) / (1 + (pitches / 4_500) ** 2)
    air = 1 + 0.7 * pitches**2 / (pitches**2 + 2_500**2)
    floor = pitches**4 / (pitches**4 + _LOWEST**4)
    noise = np.random.default_rng(seed)
    for number, channel in enumerate(sound):  # one at a time: both would take half a gigabyte
        tail = (noise.standard_normal(len(time)) * shape).astype(np.float32)
        echo = np.fft.rfft(tail, length) * colour
        echo *= wet / np.sqrt(np.mean(np.abs(echo) ** 2))
        echo += 1
        echo *= np.fft.rfft(channel) * (floor * air)
        sound[number] = np.fft.irfft(echo, length)
    return sound


def loudness(sound: Sound) -> float:
    """In LUFS, of the whole (nothing is left out for being quiet): ITU-R BS.1770-5, annex 1, at 48 kHz."""
    turns = np.exp(-2j * np.pi * np.fft.rfftfreq(sound.shape[1]))
    shelf = (1.53512485958697 - 2.69169618940638 * turns + 1.19839281085285 * turns**2) / (
        1 - 1.69065929318241 * turns + 0.73248077421585 * turns**2
    )
    high = (1 - 2 * turns + turns**2) / (1 - 1.99004745483398 * turns + 0.99007225036621 * turns**2)
    weights = np.abs(shelf * high) ** 2
    # By Parseval: the power of what is heard, without going back to samples.
    power = sum(float(np.sum(np.abs(np.fft.rfft(channel)) ** 2 * weights, dtype=np.float64)) for channel in sound)
    return float(-0.691 + 10 * np.log10(2 * power / sound.shape[1] ** 2))


def evened(sound: Sound) -> Sound:
    """At LOUDNESS, with peaks rounded off below CEILING."""
    for _ in range(2):  # rounding peaks off takes a little of the loudness
        sound = _rounded(sound * 10 ** ((LOUDNESS - loudness(sound)) / 20))
    return sound


def _rounded(sound: Sound) -> Sound:
    size, room = np.abs(sound), CEILING - _KNEE
    return np.where(size > _KNEE, np.sign(sound) * (_KNEE + room * np.tanh((size - _KNEE) / room)), sound)
