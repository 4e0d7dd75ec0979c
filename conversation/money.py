"""Prices, as they are written where the reader lives."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal

from conversation.i18n import language_now
from services.payments.facts import STARS_CURRENCY

STAR: Final = "⭐"
CARD: Final = "💳"
LETTER_BEFORE_DIGIT: Final = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Where CLDR wants a space that Babel leaves out: RUB 1,999 and not RUB1,999."""
AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
WHOLE: Final = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THOUSANDTHS: Final = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
"""How Stripe counts where it does not count in hundredths. Source: Stripe's page on currencies. ISO 4217 says otherwise
of some (ISK and UGX have no smaller unit, and are charged in hundredths)."""


def price(amount: int, currency: str) -> str:
    """`amount` in the smallest unit of `currency` as the vendor counts it; whole Stars for XTR."""
    if currency == STARS_CURRENCY:
        return f"{STAR} {format_decimal(amount, locale=language_now())}"
    return _money(Decimal(amount), currency)


def price_tag(amount: int, currency: str) -> str:
    """For buttons: the way to pay by its picture, and the price."""
    return price(amount, currency) if currency == STARS_CURRENCY else f"{CARD} {price(amount, currency)}"


def price_each(amount: int, currency: str, count: int) -> str:
    """What one of `count` costs."""
    each = Decimal(amount) / count
    if currency == STARS_CURRENCY:
        return f"{STAR} {format_decimal(each, format='0.#', locale=language_now())}"
    return _money(each, currency)


def _money(amount: Decimal, currency: str) -> str:
    written = format_currency(amount.scaleb(-_places(currency)), currency.upper(), locale=language_now())
    return LETTER_BEFORE_DIGIT.sub("\xa0", written)


def _places(currency: str) -> int:
    code = currency.upper()
    return 0 if code in WHOLE else 3 if code in THOUSANDTHS else 2


def plain(amount: int, currency: str) -> str:
    """As `smallest_units` reads it: 39.99."""
    return f"{Decimal(amount).scaleb(-_places(currency)):f}"


def smallest_units(text: str, currency: str) -> int | None:
    """What somebody wrote as an amount ("2.50", "2,5", "3"), the other way round; None if it is none."""
    written = text.strip().replace(",", ".")
    if not AMOUNT.fullmatch(written):
        return None
    amount = Decimal(written).scaleb(0 if currency == STARS_CURRENCY else _places(currency))
    return int(amount) if amount == int(amount) and amount > 0 else None
