"""What is left of the revenue once the vendors are paid, where that can be said: nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from providers.local import NAME as LOCAL
from services.figures import Revenue, Work
from services.films.maker import NAME as FILM
from services.live.values import Values
from services.payments.facts import STARS_CURRENCY

DOLLARS: Final = "usd"
OURS: Final = frozenset({LOCAL, FILM})
"""They work on our own processors, and send no bill."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why it cannot be said: the price of a vendor's unit, what a vendor's jobs cost, or what a currency is worth."""

    what: Literal["unit", "cost", "currency"]
    name: str


@dataclass(frozen=True, slots=True)
class Margin:
    cents: float | None
    """US cents, before what the rails keep for themselves; None: see `unknown`."""
    unknown: tuple[Unknown, ...] = ()


def cost_cents(work: Work, values: Values) -> float | None:
    """What a vendor's work cost in US cents; None where the vendor did not say, or the price of its unit is not set."""
    each = values.vendor_unit_cents.get(work.vendor)
    if work.vendor in OURS and work.units is None:
        return 0.0
    return None if each is None or work.units is None else work.units * each


def margin(work: Sequence[Work], revenue: Sequence[Revenue], values: Values) -> Margin:
    unknown = [why for one in work if (why := _of_work(one, values))]
    unknown += [Unknown("currency", one.currency) for one in revenue if one.net and _each(one, values) is None]
    if unknown:
        return Margin(None, tuple(dict.fromkeys(unknown)))
    came = sum(one.net * (_each(one, values) or 0.0) for one in revenue)
    return Margin(came - sum(cost_cents(one, values) or 0.0 for one in work))


def _of_work(work: Work, values: Values) -> Unknown | None:
    if work.vendor in OURS:
        return None
    if work.untold:
        return Unknown("cost", work.vendor)
    return Unknown("unit", work.vendor) if work.units and work.vendor not in values.vendor_unit_cents else None


def _each(revenue: Revenue, values: Values) -> float | None:
    """What one of the currency's smallest unit is in US cents. Other currencies have a rate of the day: not known."""
    if revenue.currency == STARS_CURRENCY:
        return values.star_cents
    return 1.0 if revenue.currency.lower() == DOLLARS else None
