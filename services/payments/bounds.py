"""What can be charged at all, by card and in Stars.

Sources: Stripe's page on currencies (minimum and maximum charge amounts, special cases); for Stars, what Telegram takes
as the price of an invoice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.payments.facts import STARS_CURRENCY

LEAST: Final[Mapping[str, int]] = {
    "gbp": 30,
    "bgn": 100,
    "dkk": 250,
    "hkd": 400,
    "czk": 1_500,
    "huf": 17_500,
    **dict.fromkeys(("aud", "brl", "cad", "chf", "eur", "inr", "jpy", "nzd", "sgd", "usd"), 50),
    **dict.fromkeys(("aed", "myr", "pln", "ron"), 200),
    **dict.fromkeys(("nok", "sek"), 300),
    **dict.fromkeys(("mxn", "thb"), 1_000),
}
"""In the smallest unit. Of other currencies Stripe only says that it must be worth as much as the account's least."""
MOST: Final = 99_999_999
"""Eight digits."""
MOST_STARS: Final = 10_000
STEPS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 10),
    **dict.fromkeys(("isk", "ugx"), 100),
}
"""Of these only every so many smallest units can be charged."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a price, in the smallest unit of its currency; whole Stars for XTR."""

    least: int
    most: int
    step: int = 1

    def allow(self, amount: int) -> bool:
        return self.least <= amount <= self.most and amount % self.step == 0


def bounds_of(currency: str) -> Bounds:
    """`currency`: ISO 4217 in any case, or XTR."""
    if currency == STARS_CURRENCY:
        return Bounds(1, MOST_STARS)
    code = currency.lower()
    step = STEPS.get(code, 1)
    return Bounds(max(LEAST.get(code, 1), step), MOST - MOST % step, step)
