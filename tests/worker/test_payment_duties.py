"""Duties around money: when a look is due, and what happens when the vendor cannot be asked."""

from __future__ import annotations

import pytest

from providers.payments import PaymentError
from services.payments.facts import STARS, Rail
from services.payments.links import Kept, Links
from storage.tables import Reconciliation
from worker.payment_duties import LOOK_ROUNDS, LinksDuty, ReconcileDuty


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
    """Notes which rounds looked at Stripe as well; the second cannot reach it."""

    def __init__(self) -> None:
        self.looked: list[bool] = []

    async def keep(self, *, look: bool) -> Kept:
        self.looked.append(look)
        if len(self.looked) == 2:
            raise PaymentError("it is away", retryable=True)
        return Kept(["Taster: a new link"], ["Album: refused"])


async def test_the_links_are_compared_with_stripe_at_the_start_and_once_in_a_while() -> None:
    links = Recorder()
    duty = LinksDuty(links)

    for _ in range(LOOK_ROUNDS + 1):
        await duty.round()

    assert links.looked == [True] + [False] * (LOOK_ROUNDS - 1) + [True]
