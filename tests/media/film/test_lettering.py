from __future__ import annotations

import numpy as np
import pytest

from media.film.lettering import drawable, line_width, lines, seen
from media.film.title import card


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Лето в Сочи — ёж", "Лето в Сочи — ёж"),
        ("¡Málaga! ñ", "¡Málaga! ñ"),
        ("Wien \U0001f1e6\U0001f1f9 2026", "Wien 2026"),
        ("👨‍👩‍👧 we\u202e three\x00\n", "we three"),
        ("日本の夏", "日本の夏"),
        ("why?", "why?"),
        ("😀", ""),
        ("n\u0303o", "ño"),
    ],
)
def test_what_cannot_be_drawn_is_left_out(name: str, kept: str) -> None:
    assert drawable(name) == kept


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("abc 12", "abc 12"),
        ("אבג", "גבא"),
        ("אבג 12.50 דה", "הד 12.50 גבא"),
        ("אבג (דה)", "(הד) גבא"),
        ("abc אבג דה def", "abc הד גבא def"),
        ("אבג abc דה", "הד abc גבא"),
    ],
)
def test_words_of_scripts_that_run_from_right_to_left_are_turned(line: str, shown: str) -> None:
    assert seen(line) == shown


@pytest.mark.parametrize("name", ["one two three four five six", "Donaudampfschifffahrtsgesellschaft", "x"])
def test_lines_stay_within_their_room_and_lose_no_letter(name: str) -> None:
    broken = lines(name, 20, 120)
    assert all(line_width(line, 20) <= 120 for line in broken)
    assert "".join(broken).replace(" ", "") == name.replace(" ", "")


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (160, 90)])
@pytest.mark.parametrize("name", ["Лето", "word " * 200, "M" * 500, "שלום", "😀", ""])
def test_a_card_shows_the_name_in_its_middle_and_nothing_at_its_edges(name: str, size: tuple[int, int]) -> None:
    light = card(name, *size).max(axis=2)
    rows, columns = np.nonzero(light > 120)

    assert light.shape == (size[1], size[0])
    assert bool(len(rows)) is bool(drawable(name))
    if len(rows):
        assert columns.min() > size[0] * 0.05
        assert columns.max() < size[0] * 0.95
        assert abs((columns.min() + columns.max()) / 2 - size[0] / 2) < size[0] * 0.05
        assert abs((rows.min() + rows.max()) / 2 - size[1] / 2) < size[1] * 0.08
