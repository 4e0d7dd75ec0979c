"""Amounts as people read them."""

from __future__ import annotations

import pytest

from sandbox.stripe.money import fee, shown


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (499, "usd", "$4.99"),
        (-100, "eur", "-€1.00"),
        (123_456_789, "usd", "$1,234,567.89"),
        (500, "jpy", "¥500"),
        (1200, "rub", "12.00 RUB"),
        (1500, "kwd", "1.500 KWD"),
        (0, "usd", "$0.00"),
    ],
)
def test_an_amount_is_shown_in_the_places_of_its_currency(amount: int, currency: str, text: str) -> None:
    assert shown(amount, currency) == text


def test_a_charge_costs_a_share_and_a_little() -> None:
    assert (fee(1000), fee(499)) == (59, 44)
