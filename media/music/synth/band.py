"""A loop in a tempo, chord after chord, and the ways to play it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from media.music.synth.loop import Loop, Sound
from media.music.synth.voices import hertz, pad

BEATS: Final = 4
"""In a bar."""
Voice = Callable[[float, float], Sound]


@dataclass(frozen=True, slots=True)
class Chord:
    """MIDI keys: the bass, and what lies above it, from low to high."""

    root: int
    keys: tuple[int, ...]

    def tone(self, number: int) -> int:
        """The keys counted on beyond the highest, octave by octave: any of them fits."""
        octave, place = divmod(number, len(self.keys))
        return self.keys[place] + 12 * octave


@dataclass(frozen=True, slots=True)
class Bar:
    number: int
    at_s: float
    chord: Chord


class Band:
    def __init__(self, seconds: float, bar_s: float, chords: Sequence[Chord], *, seed: int) -> None:
        self.loop = Loop(seconds)
        self.bar_s, self.beat_s = bar_s, bar_s / BEATS
        self.bars = [Bar(n, n * bar_s, chords[n % len(chords)]) for n in range(round(seconds / bar_s))]
        self._touch = np.random.default_rng(seed)

    def hold(self, level: float, *, attack_s: float = 0.9, dark: float = 1.9, octave: int = 0) -> None:
        """A pad under each chord, wide: its left is tuned a little lower than its right."""
        for bar in self.bars:
            for key in bar.chord.keys:
                for detune, pan in ((-4.0, -0.7), (4.0, 0.7)):
                    note = pad(hertz(key + 12 * octave), self.bar_s, detune=detune, dark=dark, attack_s=attack_s)
                    self.loop.add(note, bar.at_s - attack_s / 3, level=level, pan=pan)

    def play(
        self,
        voice: Voice,
        pattern: Sequence[tuple[float, int]],
        level: float,
        *,
        long: float = 2.0,
        pan: float = 0.0,
        octave: int = 0,
        bars: Callable[[int], bool] = lambda _number: True,
    ) -> None:
        """Tones of the chord, each at its beat (from 0) and held for `long` beats, in the `bars` that are wanted."""
        for bar in self._wanted(bars):
            for beat, number in pattern:
                note = voice(hertz(bar.chord.tone(number) + 12 * octave), long * self.beat_s)
                side = pan if number % 2 else -pan
                self.loop.add(note, bar.at_s + beat * self.beat_s, level=level * self._touched(), pan=side)

    def ground(self, voice: Voice, beats: Sequence[float], level: float, *, long: float, octave: int = 0) -> None:
        """The bass of each chord."""
        for bar in self.bars:
            for beat in beats:
                note = voice(hertz(bar.chord.root + 12 * octave), long * self.beat_s)
                self.loop.add(note, bar.at_s + beat * self.beat_s, level=level)

    def strike(
        self,
        drum: Sound,
        beats: Sequence[float],
        level: float,
        *,
        pan: float = 0.0,
        bars: Callable[[int], bool] = lambda _number: True,
    ) -> None:
        for bar in self._wanted(bars):
            for beat in beats:
                at_s = bar.at_s + beat * self.beat_s
                self.loop.add(drum, at_s, level=level * self._touched(), pan=pan)

    def _wanted(self, bars: Callable[[int], bool]) -> Iterator[Bar]:
        return (bar for bar in self.bars if bars(bar.number))

    def _touched(self) -> float:
        """Nobody hits a key twice alike."""
        return float(self._touch.uniform(0.8, 1.0))


def held(voice: Callable[..., Sound], **how: float | bool) -> Voice:
    return partial(voice, **how)
