"""What staff writes is read as it is meant, or refused; what buttons offer is always something that can be set."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.admin.value_kinds import Cents, Choice, Kind, Number, Unreadable, Words
from conversation.admin.value_makers import Makers
from conversation.admin.value_parts import Entry, NotListed
from conversation.i18n import Words as Languages
from services.errors import AlreadyDone

MAKERS = Makers(("runway", "modal", "local"), {"runway": 1, "local": 2})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Number(1, 10), "1", 1),
        (Number(0, 10), "10", 10),
        (Cents(1000), "1.3", 1.3),
        (Cents(1000), "0,05", 0.05),
        (Cents(1000), "1000", 1000.0),
        (Words(10, str), " two\r\nlines ", "two\nlines"),
        (Words(3, str), "🌊🌊🌊", "🌊🌊🌊"),
        (MAKERS, "local, Runway*3", {"local": 1, "runway": 3}),
        (MAKERS, "Echoes → Runway ×3", {"local": 1, "runway": 3}),
        (MAKERS, "modal", {"modal": 1}),
    ],
)
def test_what_can_be_read(kind: Kind, text: str, value: Any) -> None:
    assert kind.read(text) == value
    if isinstance(value, dict):
        assert list(kind.read(text)) == list(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((Number(1, 10), text) for text in ("", "0", "11", "-1", "1.0", "one", "٣", "1e1", "1 0")),
        *((Cents(1000), text) for text in ("", "-1", "1001", "nan", "inf", "1.", "1,000.5", "1e3")),
        *((Words(5, str), text) for text in ("", "  \n", "123456", "\x00")),
        (Words(9, str, long=False), "two\nlines"),
        *((MAKERS, text) for text in ("", "runway,", "runpod", "runway*0", "runway*10000", "runway, runway", "r w")),
    ],
)
def test_what_cannot_be_read_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(Unreadable):
        kind.read(text)


def test_vendors_are_moved_off_and_on(english: None) -> None:
    assert list(MAKERS.moved({}, "up.local").items()) == [("local", 2), ("runway", 1)]
    assert MAKERS.moved({"local": 2, "runway": 1}, "off.local") == {"runway": 1}
    assert list(MAKERS.moved({"runway": 5}, "on.modal").items()) == [("runway", 5), ("modal", 1)]
    assert MAKERS.shown({"local": 2, "gone": 1}) == "Echoes ×2 → gone (cannot be used here)"


@pytest.mark.parametrize("to", ["off.runway", "up.runway", "on.runway", "on.gone", "off.modal", "up.modal", "x", ""])
def test_a_move_of_an_earlier_moment_is_refused(to: str) -> None:
    with pytest.raises(AlreadyDone):
        MAKERS.moved({"runway": 1}, to)


@given(st.data())
def test_whatever_is_tapped_somebody_makes_clips_and_every_button_works(words: Languages, data: st.DataObject) -> None:
    value: dict[str, int] = {}
    for _ in range(6):
        with words.speaking("en"):
            moves = [move for row in MAKERS.moves(value) for move in row]
        value = MAKERS.moved(value, data.draw(st.sampled_from(moves)).to)
        assert value
        assert value.keys() <= set(MAKERS.vendors)


def test_a_number_never_leaves_its_bounds() -> None:
    assert [move.to for row in Number(1, 3).moves(1) for move in row] == ["2"]
    assert [move.to for row in Number(1, 3).moves(2) for move in row] == ["1", "3"]
    assert [move.to for row in Number(1, 3).moves(3) for move in row] == ["2"]


def test_a_choice_offers_what_it_is_not() -> None:
    switch = Choice({True: lambda: "on", False: lambda: "off"})
    assert [(move.label, switch.moved(True, move.to)) for row in switch.moves(True) for move in row] == [("off", False)]
    with pytest.raises(AlreadyDone):
        switch.moved(True, "maybe")


def test_parts_are_put_in_and_taken_out_without_changing_what_was() -> None:
    price = Entry(("gen4", "5"))
    before: dict[str, Any] = {"veo": {"8": 9}}
    after = price.put(before, 3)
    assert (price.get(before), price.get(after), price.get({})) == (None, 3, None)
    assert after == {"veo": {"8": 9}, "gen4": {"5": 3}}
    assert price.put(after, None) == before == {"veo": {"8": 9}}
    assert price.put({"gen4": {"5": 1, "10": 2}}, None) == {"gen4": {"10": 2}}


def test_what_a_list_names_is_off() -> None:
    on = NotListed("gen4")
    assert on.get([])
    assert on.put(["veo"], False) == ["veo", "gen4"]
    assert on.put(["veo", "gen4", "gen4"], True) == ["veo"]
