from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from media.film import Transition, film_seconds
from tests.media.film.footage import Shelf, codes, expected, filmed, numbered, pictures
from tests.media.film.test_joining import joined

T = 8  # frames of a transition: a third of a second of clips of one second


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [numbered(folder / f"{number}.mp4", number) for number in range(1, 6)]


async def test_a_cross_fade_shows_two_clips_at_once_and_all_else_once(clips: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    facts = await joined(clips[:3], film, transition="cross")

    assert facts.frames == 72 - 2 * T
    assert facts.seconds == pytest.approx(film_seconds([1.0] * 3, "cross", False))
    shown = codes(film)
    assert shown[: 24 - T] == expected(1, 24 - T)
    assert shown[24 : 48 - 2 * T] == expected(2, 24 - T, first=T)
    assert shown[48 - T :] == expected(3, 24, first=T)


async def test_a_fade_goes_through_black_and_loses_no_frame(clips: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    facts = await joined(clips[:2], film, transition="fade")

    assert facts.frames == 48
    shown, light = codes(film), [picture.mean() for picture in pictures(film)]
    assert shown[: 24 - T] == expected(1, 24 - T)
    assert shown[24 + T :] == expected(2, 24, first=T)
    assert min(light[22:26]) < 30 < min(light[: 24 - T])
    assert light[24 - T : 24] == sorted(light[24 - T : 24], reverse=True)
    assert light[24 : 24 + T] == sorted(light[24 : 24 + T])


async def test_light_goes_over_evenly_in_a_cross_fade(tmp_path: Path) -> None:
    levels = (40, 200)
    clips = [
        filmed(tmp_path / f"{level}.mp4", lambda _, level=level: np.full((90, 160), level, np.uint8), frames=24)  # type: ignore[misc]
        for level in levels
    ]
    await joined(clips, tmp_path / "film.mp4", transition="cross")

    # Grey of all levels stands for brightness 16 … 235.
    light = np.array([picture.mean() for picture in pictures(tmp_path / "film.mp4")]) * 219 / 255 + 16
    assert light[: 24 - T] == pytest.approx(np.full(24 - T, 40), abs=3)
    assert light[24:] == pytest.approx(np.full(24 - T, 200), abs=3)
    steps = np.diff(light[24 - T - 1 : 25])
    assert np.all(steps > -2)
    assert steps.max() < 160 / T + 8  # no jump


@pytest.mark.parametrize(("transition", "encoded"), [("cross", 3), ("fade", 3), ("cut", 0)])
async def test_after_a_change_only_what_it_touches_is_encoded(
    clips: list[Path], tmp_path: Path, transition: Transition, encoded: int
) -> None:
    """A body and the seams on both sides of it."""
    shelf, film = Shelf(), tmp_path / "film.mp4"
    await joined(clips[:4], film, transition=transition, parts=shelf)
    before = shelf.kept
    await joined([clips[0], clips[4], *clips[2:4]], film, transition=transition, parts=shelf)
    assert shelf.kept - before == encoded
    await joined([clips[0], clips[4], *clips[2:4]], film, transition=transition, parts=shelf)
    assert shelf.kept - before == encoded


async def test_with_key_frames_to_cut_at_only_seams_are_encoded(tmp_path: Path) -> None:
    clips = [numbered(tmp_path / f"{number}.mp4", number, g="6") for number in (1, 2, 3)]
    shelf, film = Shelf(), tmp_path / "film.mp4"
    facts = await joined(clips, film, transition="cross", parts=shelf)

    assert shelf.kept == 2
    assert facts.frames == 72 - 2 * T
    shown = codes(film)
    assert shown[: 24 - T] == expected(1, 24 - T)
    assert shown[24 : 48 - 2 * T] == expected(2, 24 - T, first=T)
    assert shown[48 - T :] == expected(3, 24, first=T)


async def test_a_title_goes_over_into_the_first_clip_too(clips: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    facts = await joined(clips[:2], film, transition="cross", title="Malaga")

    assert facts.frames == 60 + 48 - 2 * T
    assert facts.seconds == pytest.approx(film_seconds([1.0, 1.0], "cross", True))
    assert codes(film)[60 : 60 + 24 - 2 * T] == expected(1, 24 - T, first=T)


async def test_clips_that_do_not_agree_cross_fade_as_well(clips: list[Path], tmp_path: Path) -> None:
    slower = numbered(tmp_path / "slower.mp4", 9, rate=12, frames=12, size=(128, 72))
    film = tmp_path / "film.mp4"
    facts = await joined([clips[0], slower, clips[1]], film, transition="cross")

    assert facts.frames == 72 - 2 * T
    assert codes(film)[24 : 48 - 2 * T] == [(9, frame // 2) for frame in range(T, 24 - T)]
