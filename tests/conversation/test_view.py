from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.view import in_rows_of, one_line, shortened, theirs, units
from tests.conversation.scenes import HOSTILE
from tests.conversation.shown import seen

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=200) | st.sampled_from(HOSTILE)


@given(ANY, st.integers(1, 100))
def test_what_people_wrote_is_one_sound_line_within_the_limit(text: str, limit: int) -> None:
    shown = seen(theirs(text, limit))
    assert units(shown) <= limit
    assert "\n" not in shown
    assert not any(unicodedata.category(mark) in {"Cc", "Cs"} for mark in shown)


@given(ANY)
def test_what_is_short_enough_stays_as_it_is(text: str) -> None:
    assert html.unescape(theirs(text, 100_000)) == one_line(text)


@given(ANY, st.integers(1, 50))
def test_what_was_cut_is_a_beginning_of_it(text: str, limit: int) -> None:
    cut = shortened(text, limit)
    if cut != text:
        assert cut.endswith("…")
        assert text.startswith(cut[:-1])


def test_a_letter_keeps_its_accents_or_goes_with_them() -> None:
    assert shortened("aae\u0301bbb", 4) == "aa…"
    assert shortened("aa👩\u200d👧bbb", 7) == "aa…"


def test_what_turns_the_reading_direction_is_not_shown() -> None:
    assert one_line("good\u202egnp.exe\u2066!") == "good gnp.exe !"


def test_joined_emoji_stay_joined() -> None:
    assert one_line("👩\u200d👧") == "👩\u200d👧"


@pytest.mark.parametrize(("text", "length"), [("", 0), ("aé", 2), ("😀", 2), ("\ud800", 1)])
def test_length_is_counted_as_telegram_does(text: str, length: int) -> None:
    assert units(text) == length


@given(st.lists(st.none(), max_size=30), st.integers(1, 8))
def test_rows_hold_everything_in_order(buttons: list[None], width: int) -> None:
    made = in_rows_of(width, buttons)  # type: ignore[arg-type]  # any items will do
    assert [one for row in made for one in row] == buttons
    assert all(1 <= len(row) <= width for row in made)
