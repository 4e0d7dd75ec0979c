from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.film.facts import Transition
from media.film.frame import Frame, chosen
from media.film.length import film_seconds, transition_seconds
from media.film.plan import copyable, planned, starts
from media.film.source import Source

FRAME = Frame(160, 90, Fraction(24))
OURS = b"ours"


def source(
    order: tuple[int, ...], keys: set[int], headers: bytes = OURS, size: tuple[int, int] = (160, 90), rate: int = 24
) -> Source:
    seconds = len(order) / rate
    return Source(Path("clip.mp4"), *size, Fraction(rate), seconds, headers, order, frozenset(keys), False, 1)


def groups(frames: int, every: int) -> Source:
    """Closed groups of frames, each decoded in the order 0 3 1 2 6 4 5 …, as with two B-frames."""
    order: list[int] = []
    for begin in range(0, frames, every):
        group = min(every, frames - begin)
        numbers = [0]
        for last in range(3, group + 2, 3):
            late = min(last, group - 1)
            numbers += [late, *range(max(numbers) + 1, late)]
        order += [begin + number for number in dict.fromkeys(numbers)]
    return source(tuple(order), set(range(0, frames, every)))


def test_the_frames_of_the_test_are_in_order() -> None:
    assert groups(10, 10).order == (0, 3, 1, 2, 6, 4, 5, 9, 7, 8)
    assert sorted(groups(50, 11).order or ()) == list(range(50))


@pytest.mark.parametrize(
    ("first", "last", "can"), [(0, 24, True), (12, 24, True), (0, 13, True), (0, 14, False), (3, 24, False)]
)
def test_a_stretch_is_copied_from_a_key_frame_to_where_no_later_frame_is_needed(
    first: int, last: int, can: bool
) -> None:
    assert copyable(groups(24, 12), first, last) is can


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(9, 70), st.integers(1, 80), st.booleans()), min_size=1, max_size=6),
    st.sampled_from(["cut", "fade", "cross"]),
)
def test_each_frame_is_shown_once_and_in_order(clips: list[tuple[int, int, bool]], transition: Transition) -> None:
    sources = [
        groups(frames, every) if ours else source(tuple(range(frames)), {0}, b"") for frames, every, ours in clips
    ]
    blend = min(12, min(frames for frames, *_ in clips) // 3)
    pieces = planned(sources, FRAME, OURS, transition=transition, blend=blend)

    stretches = [stretch for piece in pieces for stretch in piece.stretches]
    shown = [(id(one.source), frame) for one in stretches for frame in range(one.first, one.last)]
    assert shown == [(id(one), frame) for one in sources for frame in range(FRAME.count(one))]
    overlaps = (len(clips) - 1) * blend if transition == "cross" else 0
    assert sum(piece.frames for piece in pieces) == len(shown) - overlaps
    for piece in pieces:
        if piece.copied:
            assert copyable(piece.stretches[0].source, piece.stretches[0].first, piece.stretches[0].last)
        for stretch in piece.stretches[: len(piece.stretches) - 1]:
            assert stretch.frames >= blend
    last = starts(sources, FRAME, transition=transition, blend=blend)[-1]
    assert last + FRAME.count(sources[-1]) == sum(piece.frames for piece in pieces)


def test_a_film_is_as_long_as_its_clips_less_what_is_seen_at_once() -> None:
    assert film_seconds([5, 5, 5], "cut", False) == 15
    assert film_seconds([5, 5, 5], "fade", True) == 17.5
    assert film_seconds([5, 5, 5], "cross", False) == 14
    assert film_seconds([5, 5, 5], "cross", True) == 16
    assert film_seconds([5], "cross", False) == 5


def test_a_transition_takes_half_a_second_and_less_where_a_clip_is_short() -> None:
    assert transition_seconds([5.0, 8.0]) == 0.5
    assert transition_seconds([5.0, 0.9]) == pytest.approx(0.3)


def sized(*sizes: tuple[int, int]) -> list[Source]:
    return [source((0, 1), {0}, size=size) for size in sizes]


@pytest.mark.parametrize(
    ("sizes", "height", "size"),
    [
        ([(1280, 720), (1280, 720), (720, 1280)], 720, (1280, 720)),
        ([(720, 1280), (720, 1280), (1280, 720)], 720, (720, 1280)),
        ([(720, 1280), (1280, 720)], 1080, (1080, 1920)),
        ([(1280, 720)], 480, (854, 480)),
        ([(720, 720)], 1080, (1080, 1080)),
        ([(1280, 704), (1280, 720), (1280, 720)], 720, (1280, 720)),
        ([(1920, 1080), (1280, 720)], 720, (1280, 720)),
    ],
)
def test_the_short_side_is_the_height_and_the_shape_that_of_most(
    sizes: list[tuple[int, int]], height: int, size: tuple[int, int]
) -> None:
    assert chosen(sized(*sizes), height).size == size


def test_the_rate_is_that_of_most_clips_of_the_shape() -> None:
    clips = [source((0, 1), {0}, rate=rate) for rate in (30, 24, 24)]
    assert chosen(clips, 90).rate == 24
    assert chosen([source((0, 1), {0}, rate=240)], 90).rate == 24
