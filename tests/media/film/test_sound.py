"""A film of a minute, in which clicks fall on flashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from media.film import film_seconds
from tests.media.film.footage import filmed, heard_at, lengths, music, pictures, samples
from tests.media.film.test_joining import joined

SECONDS = 5
FRAMES = 24 * SECONDS
FLASH = 12  # the frame of each clip that is white


def flashing(frame: int) -> NDArray[np.uint8]:
    return np.full((36, 64), 235 if frame == FLASH else 40, np.uint8)


def flashes(film: Path) -> list[float]:
    return [number / 24 for number, picture in enumerate(pictures(film)) if picture.mean() > 150]


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filmed(tmp_path_factory.mktemp("silent") / "clip.mp4", flashing, frames=FRAMES)


@pytest.fixture(scope="module")
def clicking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clicking")
    return filmed(folder / "clip.mp4", flashing, frames=FRAMES, clicks=[FLASH / 24])


async def test_copied_music_is_in_step_to_the_end_of_a_minute(silent: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    beats = [clip * SECONDS + FLASH / 24 for clip in range(12)]
    await joined([silent] * 12, film, height=36, sound=music(tmp_path / "music.m4a", 60, beats))

    seen, heard = flashes(film), heard_at(film)
    assert len(seen) == len(heard) == 12
    assert np.abs(np.subtract(seen, heard)).max() < 0.040


async def test_sound_of_the_clips_is_in_step_to_the_end_of_a_minute(clicking: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    facts = await joined([clicking] * 12, film, height=36)

    assert facts.seconds == 60.0
    assert len(samples(film)) == pytest.approx(60 * 48_000, abs=2048)
    seen, heard = flashes(film), heard_at(film)
    assert len(seen) == len(heard) == 12
    assert np.abs(np.subtract(seen, heard)).max() < 0.040


async def test_clips_with_sound_and_without_are_heard_where_they_are_under_the_music(
    silent: Path, clicking: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    await joined([silent, clicking, silent], film, height=36, sound=music(tmp_path / "music.m4a", 15, [12.0]))

    assert heard_at(film) == pytest.approx([5.5, 12.0], abs=0.040)
    loud = np.abs(samples(film))
    own, track = loud[5 * 48_000 : 6 * 48_000].max(), loud[12 * 48_000 - 500 : 13 * 48_000].max()
    assert own < 0.8 * track
    assert lengths(film) == pytest.approx([15.0, 15.0], abs=0.001)


async def test_sound_stays_in_step_through_cross_fades(clicking: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    quick = filmed(tmp_path / "quick.mp4", lambda frame: flashing(frame - FLASH), frames=48, clicks=[2 * FLASH / 24])
    facts = await joined([quick] * 4, film, height=36, transition="cross")

    assert facts.seconds == film_seconds([2.0] * 4, "cross", False)
    seen, heard = flashes(film), heard_at(film)
    assert len(seen) == len(heard) == 4
    assert np.abs(np.subtract(seen, heard)).max() < 0.040
