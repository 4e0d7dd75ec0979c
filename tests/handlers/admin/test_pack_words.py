"""A pack as people write it."""

from __future__ import annotations

import pytest

from handlers.admin.pack_words import changed, line
from services.packs import Terms, terms_of
from tests.conversation.purchases import pack

BIG = Terms("Big", 500, 3_999, 2_900)


@pytest.mark.parametrize(
    "said",
    [
        "Big, 500, 39.99, 2900",
        "Big,500,39,99,2900",
        "  Big ,  500 , 39,99 ,  2 900 ",
        "Big, 500 🪙, $39.99, ⭐ 2900",
        "Big\n, 500, 39.99 $, 2900 ⭐️",
    ],
)
def test_it_is_read_as_it_is_meant(said: str) -> None:
    assert line(said, "usd") == BIG


def test_a_name_may_have_commas_and_numbers_and_some_money_no_cents() -> None:
    assert line("Big, bigger, 5, 500, 39, 2900", "usd") == Terms("Big, bigger, 5", 500, 3_900, 2_900)
    assert line("Big, 500, 3900, 2900", "jpy") == Terms("Big", 500, 3_900, 2_900)


@pytest.mark.parametrize(
    "said", ["", "Big", "Big, 500, 39.99", "Big, many, 39.99, 2900", "Big, 500, free, 2900", "Big, 500, 3.999, -1"]
)
def test_what_cannot_be_read_is_nothing(said: str) -> None:
    assert line(said, "usd") is None


def test_one_part_leaves_the_others() -> None:
    before = terms_of(pack())
    assert changed(pack(), "name", " Big  one ") == Terms("Big one", before.credits, before.cents, before.stars)
    assert changed(pack(), "credits", "1 000") == Terms(before.name, 1_000, before.cents, before.stars)
    assert changed(pack(), "price", "$39,99") == Terms(before.name, before.credits, 3_999, before.stars)
    assert changed(pack(), "stars", "⭐ 2900") == Terms(before.name, before.credits, before.cents, 2_900)
    assert changed(pack(), "all", "Big, 500, 39.99, 2900") == BIG


def test_a_part_that_cannot_be_read_is_nothing() -> None:
    assert [changed(pack(), part, "lots") for part in ("credits", "price", "stars", "all")] == [None] * 4
