"""What Stripe and Telegram can charge."""

from __future__ import annotations

import pytest

from services.payments.bounds import bounds_of


@pytest.mark.parametrize(
    ("currency", "least", "most"),
    [
        ("usd", 50, 99_999_999),
        ("GBP", 30, 99_999_999),
        ("jpy", 50, 99_999_999),
        ("kwd", 10, 99_999_990),
        ("isk", 100, 99_999_900),
        ("xaf", 1, 99_999_999),
        ("XTR", 1, 10_000),
    ],
)
def test_the_least_and_the_most_can_be_charged_and_nothing_beyond(currency: str, least: int, most: int) -> None:
    bounds = bounds_of(currency)

    assert (bounds.least, bounds.most) == (least, most)
    assert [bounds.allow(amount) for amount in (least - 1, least, most, most + 1)] == [False, True, True, False]


def test_where_the_last_digit_has_to_be_naught_no_other_is_allowed() -> None:
    assert [bounds_of("kwd").allow(amount) for amount in (4_990, 4_995)] == [True, False]
