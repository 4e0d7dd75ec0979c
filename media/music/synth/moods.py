"""The tunes. Chords and patterns are ours, of the kind that nobody owns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from media.music.made import Mood
from media.music.synth.band import Band, Chord, held
from media.music.synth.finishing import evened, in_a_room
from media.music.synth.loop import Sound
from media.music.synth.voices import bass, bell, brush, keys, kick, marimba, pad, pluck, strings

EIGHTHS: Final = tuple(number / 2 for number in range(8))
SIXTEENTHS: Final = tuple(number / 4 for number in range(16))

# D major, with ninths and sevenths that leave it open.
_CALM = (
    Chord(38, (54, 57, 61, 64)),
    Chord(35, (54, 57, 59, 62)),
    Chord(43, (55, 59, 62, 66)),
    Chord(45, (52, 57, 59, 64)),
    Chord(38, (54, 57, 61, 64)),
    Chord(42, (54, 57, 61, 64)),
    Chord(43, (55, 59, 62, 66)),
    Chord(45, (55, 57, 62, 64)),
)
# F major.
_WARM = (
    Chord(41, (53, 57, 60, 64)),
    Chord(45, (52, 57, 60, 67)),
    Chord(46, (53, 58, 62, 65)),
    Chord(48, (53, 55, 60, 64)),
)
# G major.
_BRIGHT = (
    Chord(43, (55, 59, 62, 67)),
    Chord(50, (54, 57, 62, 66)),
    Chord(40, (55, 59, 64, 67)),
    Chord(48, (55, 60, 64, 67)),
)
# D minor.
_EPIC = (
    Chord(38, (50, 57, 62, 65)),
    Chord(34, (53, 58, 62, 65)),
    Chord(41, (53, 57, 60, 65)),
    Chord(36, (52, 55, 60, 64)),
    Chord(38, (50, 57, 62, 65)),
    Chord(34, (53, 58, 62, 65)),
    Chord(43, (50, 55, 58, 62)),
    Chord(45, (52, 57, 61, 64)),
)


def _odd(number: int) -> bool:
    return number % 2 == 1


def _late(number: int) -> bool:
    """The second half of every eight bars."""
    return number % 8 >= 4


def _calm(seconds: float) -> Sound:
    band = Band(seconds, 4.0, _CALM, seed=1)
    band.hold(0.05, attack_s=1.5, dark=2.3)
    band.ground(held(bass), [0], 0.11, long=4)
    band.play(bell, [(0, 4), (1.5, 6), (2, 5), (3, 7)], 0.085, long=4, pan=0.4)
    band.play(bell, [(0.5, 9), (2.5, 8)], 0.04, long=4, pan=0.6, bars=_odd)
    band.play(keys, [(0, 0), (0.5, 2), (1, 3), (2, 1), (3, 2)], 0.05, long=3, pan=0.2, bars=_late)
    return in_a_room(band.loop.sound, seconds=3.2, wet=0.55)


def _warm(seconds: float) -> Sound:
    band = Band(seconds, 8 / 3, _WARM, seed=2)
    band.hold(0.028, attack_s=0.8)
    picking = (0, 2, 1, 3, 2, 4, 3, 1)
    band.play(pluck, list(zip(EIGHTHS, picking, strict=True)), 0.17, long=2.5, pan=0.35)
    band.play(keys, [(0, 1), (0, 2), (0, 3), (2.5, 2), (2.5, 3)], 0.06, long=2.5, pan=0.15)
    band.play(bell, [(0, 6), (1, 5), (2.5, 4), (3, 5)], 0.045, long=3, pan=0.3, bars=_late)
    band.ground(held(bass), [0, 2.5], 0.13, long=1.5)
    band.strike(kick(50.0, long_s=0.35), [0, 2], 0.14)
    band.strike(brush(21, 5_000, 11_000, long_s=0.09), EIGHTHS, 0.018, pan=0.3)
    band.strike(brush(22, 900, 5_000, long_s=0.16), [1, 3], 0.03, pan=-0.1)
    return in_a_room(band.loop.sound, seconds=1.8, wet=0.28)


def _bright(seconds: float) -> Sound:
    band = Band(seconds, 2.0, _BRIGHT, seed=3)
    band.hold(0.018, attack_s=0.3, octave=1)
    strum = [(beat, tone) for beat in (0, 1, 1.5, 2.5, 3, 3.5) for tone in (1, 2, 3)]
    band.play(pluck, strum, 0.06, long=1.2, pan=0.3, octave=1)
    band.play(marimba, [(0, 4), (0.5, 6), (1.5, 5), (2, 7), (3, 6), (3.5, 5)], 0.12, long=1.5, pan=0.4)
    band.play(bell, [(0, 8), (1.5, 7), (2.5, 9)], 0.05, long=2.5, pan=0.2, bars=_late)
    band.ground(held(bass, soft=False), [0, 1.5, 2, 3.5], 0.14, long=0.9)
    band.strike(kick(48.0, long_s=0.3), [0, 2, 2.5], 0.24)
    band.strike(brush(31, 1_100, 6_500, long_s=0.18), [1, 3], 0.1, pan=0.05)
    band.strike(brush(32, 6_000, 13_000, long_s=0.07), EIGHTHS, 0.035, pan=-0.3)
    return in_a_room(band.loop.sound, seconds=1.2, wet=0.2)


def _epic(seconds: float) -> Sound:
    band = Band(seconds, 4.0, _EPIC, seed=4)
    band.hold(0.045, attack_s=1.0, dark=1.5)
    band.hold(0.02, attack_s=1.4, dark=1.8, octave=1)
    figure = (0, 2, 3, 2, 1, 2, 3, 2) * 2
    band.play(strings, list(zip(SIXTEENTHS, figure, strict=True)), 0.13, long=0.25, pan=0.35, octave=0)
    band.play(strings, [(beat, 5 if beat % 1 else 4) for beat in EIGHTHS], 0.06, long=0.4, pan=0.5, bars=_late)
    band.play(held(pad, attack_s=0.25, dark=1.4), [(0, 4), (1.5, 5), (2, 6), (3, 5)], 0.05, long=1.2, bars=_late)
    band.ground(held(pad, attack_s=0.3, dark=1.3), [0], 0.08, long=4)
    band.ground(held(bass, soft=False), [0, 2], 0.1, long=2)
    band.strike(kick(44.0, long_s=0.9), [0, 1.5, 2], 0.3)
    band.strike(brush(41, 90, 900, long_s=0.35), [0, 1.5, 2, 3.5], 0.09)
    band.strike(kick(62.0, long_s=0.6), [3, 3.25, 3.5, 3.75], 0.2, pan=0.3, bars=_odd)
    band.strike(brush(42, 3_000, 12_000, long_s=1.6), [0], 0.035, bars=lambda number: number % 4 == 0)
    return in_a_room(band.loop.sound, seconds=2.6, wet=0.42)


_TUNES: Final[dict[Mood, Callable[[float], Sound]]] = {
    "calm": _calm,
    "warm": _warm,
    "bright": _bright,
    "epic": _epic,
}


def tune(mood: Mood, seconds: int) -> Sound:
    """Two channels of exactly so many seconds, as rows, from -1 to 1: a loop without a seam, the same every time."""
    return evened(_TUNES[mood](float(seconds)))
