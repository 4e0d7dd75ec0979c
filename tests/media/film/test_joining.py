from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from media.errors import ClipProblem, ClipRefused
from media.film import FilmFacts, Transition, film_seconds, join
from media.film.encoding import ENCODER
from providers.local import render
from tests.media.clips import cut
from tests.media.film.footage import Shelf, codes, expected, heard_at, lengths, music, numbered, pictures, stamps


async def joined(
    clips: list[Path],
    into: Path,
    *,
    height: int = 90,
    transition: Transition = "cut",
    title: str | None = None,
    sound: Path | None = None,
    parts: Shelf | None = None,
) -> FilmFacts:
    parts = parts or Shelf()
    return await join(clips, into, height=height, transition=transition, title=title, music=sound, parts=parts)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    return [numbered(folder / f"{number}.mp4", number) for number in range(1, 6)]


def test_it_encodes_as_the_embedded_renderer_does() -> None:
    assert ENCODER == render.ENCODER


async def test_clips_that_agree_are_copied_in_order_and_whole(clips: list[Path], tmp_path: Path) -> None:
    film, shelf = tmp_path / "film.mp4", Shelf()
    facts = await joined(clips, film, parts=shelf)

    assert codes(film) == [code for clip in range(1, 6) for code in expected(clip)]
    assert shelf.kept == 0
    assert facts == FilmFacts(160, 90, 5.0, 120, film.stat().st_size)
    assert payload(film) == b"".join(payload(clip) for clip in clips)


def payload(path: Path) -> bytes:
    with av.open(path) as container:
        return b"".join(bytes(packet) for packet in container.demux(video=0))


async def test_a_film_begins_at_nought_and_runs_without_a_gap(clips: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await joined(clips, film, sound=music(tmp_path / "music.m4a", 5.0, [1.0]))

    shown, decoded = zip(*stamps(film), strict=True)
    assert sorted(shown) == list(range(120))
    assert [when - decoded[0] for when in decoded] == list(range(120))
    assert all(when >= ready for when, ready in zip(shown, decoded, strict=True))
    assert film.read_bytes()[:64].index(b"moov") < 64
    assert lengths(film) == pytest.approx([5.0, 5.0], abs=0.001)


async def test_music_is_copied_as_it_is(clips: list[Path], tmp_path: Path) -> None:
    film, track = tmp_path / "film.mp4", music(tmp_path / "music.m4a", 5.0, [0.5, 4.5])
    await joined(clips, film, sound=track)

    def heard(path: Path) -> list[bytes]:
        with av.open(path) as container:
            return [bytes(packet) for packet in container.demux(audio=0) if packet.pts is not None]

    assert heard(film) == heard(track)
    assert heard_at(film) == pytest.approx([0.5, 4.5], abs=0.005)


async def test_music_longer_than_the_film_ends_with_it(clips: list[Path], tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    await joined(clips[:1], film, sound=music(tmp_path / "music.m4a", 3.0, []))

    assert lengths(film) == pytest.approx([1.0, 1.0], abs=0.03)


async def test_only_what_does_not_agree_is_encoded(clips: list[Path], tmp_path: Path) -> None:
    smaller = numbered(tmp_path / "smaller.mp4", 11, size=(128, 72))
    slower = numbered(tmp_path / "slower.mp4", 12, rate=12, frames=12)
    other = numbered(tmp_path / "other.mp4", 13, profile="baseline")
    film, shelf = tmp_path / "film.mp4", Shelf()
    await joined([clips[0], smaller, clips[1], slower, other, clips[2]], film, parts=shelf)

    twice = [(12, frame // 2) for frame in range(24)]
    assert codes(film) == [*expected(1), *expected(11), *expected(2), *twice, *expected(13), *expected(3)]
    assert shelf.kept == 3


async def test_a_film_made_of_clips_of_a_stranger_is_copied_too(tmp_path: Path) -> None:
    clips = [numbered(tmp_path / f"{number}.mp4", number, profile="main", preset="medium") for number in (1, 2)]
    shelf = Shelf()
    await joined(clips, tmp_path / "film.mp4", parts=shelf)

    assert codes(tmp_path / "film.mp4") == [*expected(1), *expected(2)]
    assert shelf.kept == 0


async def test_a_film_of_another_height_is_encoded_once(clips: list[Path], tmp_path: Path) -> None:
    shelf, film = Shelf(), tmp_path / "film.mp4"
    facts = await joined(clips[:2], film, height=72, parts=shelf)
    assert (facts.width, facts.height, shelf.kept) == (128, 72, 2)
    assert codes(film) == [*expected(1), *expected(2)]

    await joined([*clips[:2], clips[0]], film, height=72, parts=shelf)
    assert shelf.kept == 2


async def test_the_film_has_the_shape_of_most_and_shows_the_others_whole(tmp_path: Path) -> None:
    upright = [numbered(tmp_path / f"{number}.mp4", number, size=(90, 160), frames=4) for number in (1, 2)]
    lying = numbered(tmp_path / "3.mp4", 3, frames=4)
    film = tmp_path / "film.mp4"
    facts = await joined([lying, *upright], film)

    assert (facts.width, facts.height, facts.frames) == (90, 160, 12)
    middle = pictures(film)[0][55:105]
    assert codes(film)[4:] == [*expected(1, 4), *expected(2, 4)]
    assert np.ptp(middle[10]) > 150  # all the bits of the lying clip, small, in the middle
    assert np.ptp(pictures(film)[0][5]) < 100  # and a dim blur above them


async def test_one_clip_is_a_film(clips: list[Path], tmp_path: Path) -> None:
    for transition in ("cut", "cross"):
        facts = await joined(clips[:1], tmp_path / "film.mp4", transition=transition)
        assert facts.frames == 24
        assert codes(tmp_path / "film.mp4") == expected(1)


async def test_forty_clips_are_a_film(clips: list[Path], tmp_path: Path) -> None:
    order = [clips[number * 7 % 5] for number in range(40)]
    await joined(order, tmp_path / "film.mp4")

    assert codes(tmp_path / "film.mp4") == [code for number in range(40) for code in expected(number * 7 % 5 + 1)]


async def test_no_clips_are_no_film(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        await joined([], tmp_path / "film.mp4")


@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
async def test_a_damaged_clip_is_refused_and_nothing_left(clips: list[Path], tmp_path: Path, part: float) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(cut(clips[1], part).read_bytes())
    with pytest.raises(ClipRefused) as caught:
        await joined([clips[0], broken], tmp_path / "film.mp4")

    assert caught.value.reason is ClipProblem.DAMAGED
    assert not (tmp_path / "film.mp4").exists()


async def test_a_title_is_encoded_once_and_the_clips_not_at_all(clips: list[Path], tmp_path: Path) -> None:
    shelf, film = Shelf(), tmp_path / "film.mp4"
    facts = await joined(clips[:2], film, title="Лето 2026", parts=shelf)
    assert (shelf.kept, facts.frames) == (1, 60 + 48)
    assert facts.seconds == film_seconds([1.0, 1.0], "cut", True)
    assert codes(film)[60:] == [*expected(1), *expected(2)]
    card = pictures(film)[0]
    assert card.max() > 200  # its letters
    assert np.median(card) < 60

    await joined(clips[:3], film, title="Лето 2026", parts=shelf)
    assert shelf.kept == 1
    await joined(clips[:3], film, title="Лето 2027", parts=shelf)
    assert shelf.kept == 2


@pytest.mark.parametrize("left", [0.9, 0.5, 0.0])
async def test_a_damaged_part_is_encoded_anew(clips: list[Path], tmp_path: Path, left: float) -> None:
    shelf, film = Shelf(), tmp_path / "film.mp4"
    await joined(clips[:1], film, height=72, parts=shelf)
    good = dict(shelf.parts)
    shelf.parts = {digest: part[: int(len(part) * left)] for digest, part in good.items()}
    await joined(clips[:1], film, height=72, parts=shelf)

    assert shelf.kept == 2
    assert shelf.parts.keys() == good.keys()
    assert codes(film) == expected(1)
