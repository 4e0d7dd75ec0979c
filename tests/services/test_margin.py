"""The margin is said where every part of it is known, and nowhere else."""

from __future__ import annotations

from services.figures import Revenue, Work
from services.live.values import Values
from services.margin import Margin, Unknown, cost_cents, margin

CARDS = Revenue("stripe", "usd", 1000, 100)
STARS = Revenue("stars", "XTR", 500, 0)
PRICED = Values(vendor_unit_cents={"runway": 2.0}, star_cents=1.3)


def work(vendor: str, units: float | None, untold: int = 0) -> Work:
    return Work(vendor, 3, 0, 40.0, units, untold)


def test_it_is_what_stays_of_the_revenue_once_the_vendors_are_paid() -> None:
    assert margin([work("runway", 50.0), work("local", None, 3)], [CARDS, STARS], PRICED) == Margin(900 + 650 - 100)
    assert margin([], [], Values()) == Margin(0.0)


def test_our_own_machines_send_no_bill_and_a_strangers_bill_is_not_guessed() -> None:
    assert cost_cents(work("film", None, 3), PRICED) == 0.0
    assert cost_cents(work("runway", 50.0), PRICED) == 100.0
    assert cost_cents(work("runpod", 50.0), PRICED) is None
    assert cost_cents(work("runway", None, 3), PRICED) is None


def test_it_says_what_is_not_known_each_once() -> None:
    vendors = [work("runpod", 7.0), work("runway", 50.0, untold=1)]
    said = margin(vendors, [STARS, Revenue("stripe", "eur", 1, 0), STARS], Values())

    assert said.cents is None
    assert said.unknown == (
        Unknown("unit", "runpod"),
        Unknown("cost", "runway"),
        Unknown("currency", "XTR"),
        Unknown("currency", "eur"),
    )


def test_money_that_went_back_whole_needs_no_rate() -> None:
    assert margin([], [Revenue("stripe", "eur", 500, 500)], Values()) == Margin(0.0)
