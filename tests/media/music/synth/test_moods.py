"""Our own tracks: as long as they say, never too loud, the same every time, each its own, and without a seam."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from media.music import fit
from media.music.encoding import RATE, samples_of
from media.music.made import MOODS, Mood
from media.music.synth.finishing import CEILING, LOUDNESS, loudness
from media.music.synth.loop import Loop, Sound
from media.music.synth.moods import tune
from tests.media.music.recordings import heard, save_m4a, tone

SECONDS = 8
"""Of the tunes in these tests; they are composed of the same bars as the long ones."""
MOMENT = RATE // 20
each_mood = pytest.mark.parametrize("mood", MOODS)


@cache
def composed(mood: Mood) -> Sound:
    return tune(mood, SECONDS)


def levels(sound: Sound) -> Sound:
    """Root mean square of each twentieth of a second."""
    moments = sound[: len(sound) // MOMENT * MOMENT].reshape(-1, MOMENT)
    return np.asarray(np.sqrt(np.mean(moments.astype(np.float64) ** 2, axis=1)))


@each_mood
def test_it_is_as_long_as_it_says_as_loud_as_others_and_never_too_loud(mood: Mood) -> None:
    sound = composed(mood)

    assert sound.shape == (2, SECONDS * RATE)
    assert loudness(sound) == pytest.approx(LOUDNESS, abs=0.3)
    assert 0.3 < np.abs(sound).max() <= CEILING


@each_mood
def test_it_turns_without_a_seam(mood: Mood) -> None:
    sound = composed(mood)

    steps = np.abs(np.diff(sound, axis=1, append=sound[:, :1]))
    assert steps[:, -1].max() <= np.quantile(steps, 0.999), "from the last sample to the first"
    # At a seam something may begin, but no more than elsewhere: a note's tail is not cut off.
    heard_twice = levels(np.concatenate([sound[0, -RATE:], sound[0, :RATE]]))
    changes = np.abs(np.diff(np.log(levels(sound[0]) + 1e-4)))
    seam = np.abs(np.diff(np.log(heard_twice + 1e-4)))[RATE // MOMENT - 1]
    assert seam <= 1.25 * changes.max()


@each_mood
async def test_it_turns_without_a_seam_in_a_film_too(mood: Mood, tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", composed(mood))
    assert samples_of(track) == SECONDS * RATE

    await fit(track, tmp_path / "film.m4a", seconds=SECONDS * 1.5, start_s=SECONDS / 2)

    played, seam = await heard(tmp_path / "film.m4a"), SECONDS * RATE // 2
    steps = np.abs(np.diff(played))
    assert steps[seam - 3 : seam + 3].max() <= np.quantile(steps, 0.9995)
    expected = np.roll(composed(mood)[0], seam)[seam - RATE // 2 : seam + RATE // 2]
    there = played[seam - RATE // 2 : seam + RATE // 2]
    assert np.corrcoef(expected, there)[0, 1] > 0.99, "what is heard around the seam is what was composed"


def test_moods_differ() -> None:
    for one, other in combinations(MOODS, 2):
        alike = np.corrcoef(composed(one)[0], composed(other)[0])[0, 1]
        assert abs(alike) < 0.2, (one, other)


def test_composing_again_gives_the_same_to_the_last_bit() -> None:
    assert np.array_equal(composed("bright"), tune("bright", SECONDS))


def test_what_rings_on_beyond_the_end_is_heard_at_the_beginning() -> None:
    loop = Loop(1.0)

    loop.add(tone(2.5), 0.75, level=1.0, pan=-1.0)

    everything = np.zeros(RATE)
    np.add.at(everything, (np.arange(round(2.5 * RATE)) + round(0.75 * RATE)) % RATE, tone(2.5))
    assert np.allclose(loop.sound[0], everything, atol=1e-5)
    assert np.abs(loop.sound[1]).max() < 1e-6


def test_loudness_is_that_of_the_standard() -> None:
    """ITU-R BS.1770-5, annex 1: a full-scale sine of 997 Hz in one channel is -3.01 LKFS."""
    sine = np.sin(2 * np.pi * 997 * np.arange(RATE * 10) / RATE)
    assert loudness(np.stack([sine, np.zeros_like(sine)])) == pytest.approx(-3.01, abs=0.02)
