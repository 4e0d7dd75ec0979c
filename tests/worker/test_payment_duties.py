"""Duties around money: when a look is due, and what happens when the vendor cannot be asked."""

from __future__ import annotations

import pytest

from providers.payments import PaymentError
from services.payments.facts import STARS, Rail
from services.payments.links import Kept, Links
from storage.tables import Reconciliation
from worker.payment_duties import (
    HOUR_SECONDS,
    LINKS_SECONDS,
    LOOK_ROUNDS,
    REST_ROUNDS,
    LinksDuty,
    ReconcileDuty,
)


class Vendor:
    """Looks are due until one came to its end."""

    def __init__(self, *, away: bool = False) -> None:
        self.away, self.due, self.looks = away, True, 0

    async def is_due(self, rail: Rail, every_s: float) -> bool:
        assert (rail, every_s) == (STARS, 60.0)
        return self.due

    async def look(self) -> Reconciliation:
        self.looks += 1
        if self.away:
            raise PaymentError("it is away", retryable=True)
        self.due = False
        return Reconciliation(rail=STARS, cursor=1, looked_at=3, mended=["one: had been missing"])


@pytest.mark.parametrize(("away", "looks"), [(False, 1), (True, 3)])
async def test_a_look_is_repeated_until_the_vendor_could_be_asked(away: bool, looks: int) -> None:
    vendor = Vendor(away=away)
    duty = ReconcileDuty(STARS, vendor.is_due, vendor.look, every_s=60.0)

    for _ in range(3):
        await duty.round()

    assert vendor.looks == looks


class Recorder(Links):
    """Notes which rounds looked at Stripe as well; some rounds go wrong."""

    def __init__(self, **wrong: int) -> None:
        """`away`, `refused`: the number of the round in which Stripe cannot be reached, or takes a pack not."""
        self.looked: list[bool] = []
        self.wrong = wrong

    async def keep(self, *, look: bool) -> Kept:
        self.looked.append(look)
        if len(self.looked) == self.wrong.get("away"):
            raise PaymentError("it is away", retryable=True)
        return Kept(["Taster: a new link"], ["Album: refused"] if len(self.looked) == self.wrong.get("refused") else [])


async def rounds(links: Links, count: int) -> None:
    duty = LinksDuty(links)
    for _ in range(count):
        await duty.round()


async def test_the_links_are_compared_with_stripe_at_the_start_and_once_in_a_while() -> None:
    links = Recorder()

    await rounds(links, LOOK_ROUNDS + 2)

    assert links.looked == [True] + [False] * (LOOK_ROUNDS - 1) + [True, False]


@pytest.mark.parametrize("wrong", ["away", "refused"])
async def test_after_a_round_that_went_wrong_stripe_has_some_rest(wrong: str) -> None:
    links = Recorder(**{wrong: 2})

    await rounds(links, 2 + REST_ROUNDS + 1)

    assert links.looked == [True, False, False]


async def test_the_comparison_is_made_up_for_where_stripe_was_away() -> None:
    links = Recorder(away=1)

    await rounds(links, 1 + REST_ROUNDS + 2)

    assert links.looked == [True, True, False]


def test_a_changed_price_is_seen_to_within_seconds() -> None:
    assert LINKS_SECONDS <= 2.0
    assert LOOK_ROUNDS * LINKS_SECONDS == HOUR_SECONDS
