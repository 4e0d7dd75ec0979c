from __future__ import annotations

import pytest

from conversation.i18n import Words
from conversation.money import plain as written_plainly
from conversation.money import price, price_each, price_tag, smallest_units


def plain(text: str) -> str:
    """With the spaces that keep a number together as usual ones."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("language", "said"), [("en", "$4.99"), ("es", "4,99 US$"), ("ru", "4,99 $")])
def test_a_price_is_written_as_its_reader_writes_it(words: Words, language: str, said: str) -> None:
    with words.speaking(language):
        assert plain(price(499, "usd")) == said


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (499, "eur", "€4.99"),
        (499, "jpy", "¥499"),
        (4990, "kwd", "KWD 4.990"),
        (500, "isk", "ISK 5"),
        (199900, "rub", "RUB 1,999.00"),
        (499, "zzz", "ZZZ 4.99"),
    ],
)
def test_vendors_count_some_currencies_otherwise(english: None, amount: int, currency: str, said: str) -> None:
    assert plain(price(amount, currency)) == said


def test_stars_are_whole_and_have_their_sign(english: None) -> None:
    assert price(1500, "XTR") == "⭐ 1,500"
    assert price_tag(1500, "XTR") == "⭐ 1,500"


def test_a_button_says_by_a_picture_how_it_is_paid(english: None) -> None:
    assert price_tag(499, "usd") == "💳 $4.99"


def test_what_one_costs_is_rounded_as_prices_are(english: None) -> None:
    assert price_each(1199, "usd", 30) == "$0.40"
    assert price_each(250, "XTR", 10) == "⭐ 25"
    assert price_each(250, "XTR", 30) == "⭐ 8.3"


@pytest.mark.parametrize(
    ("amount", "currency", "written"), [(3_999, "usd", "39.99"), (500, "jpy", "500"), (4_990, "kwd", "4.990")]
)
def test_an_amount_is_written_as_it_can_be_read_again(amount: int, currency: str, written: str) -> None:
    assert written_plainly(amount, currency) == written
    assert smallest_units(written, currency) == amount
