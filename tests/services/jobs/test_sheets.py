"""What staff sees of jobs that are live, of any one job, and of the vendors."""

from __future__ import annotations

import pytest

from providers.base import FailureReason
from services.errors import NotYours
from services.jobs.sheets import PAGE, VendorSheet
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE


async def test_what_is_live_is_listed_a_page_at_a_time_and_the_oldest_first(shop: Shop, alice: User) -> None:
    await shop.take_of(alice)
    jobs = [await shop.job_of(alice) for _ in range(4)]

    listed, total = await shop.sheets.live()
    beyond, _ = await shop.sheets.live(1)

    assert ([one.job.id for one in listed], total, beyond) == ([job.id for job in jobs], 4, [])
    assert {(one.user.id, one.live, one.can_be_done_over) for one in listed} == {(alice.id, True, False)}
    assert total <= PAGE


async def test_a_job_that_is_over_tells_how_long_it_took(shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)

    seen = await shop.sheets.job(take.job_id)

    assert (seen.live, seen.takers, seen.can_be_done_over, seen.user.id) == (False, [], False, alice.id)
    assert seen.job.finished_at is not None
    assert seen.age_s == (seen.job.finished_at - seen.job.created_at).total_seconds()
    with pytest.raises(NotYours):
        await shop.sheets.job(999)


async def test_of_vendors_it_is_known_how_they_do_and_what_they_have(shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    await shop.job_of(alice)
    await shop.claim()
    await shop.health.failed("vendor", FailureReason.UNAVAILABLE)

    vendor, film = await shop.sheets.vendors()

    assert (vendor.name, vendor.waiting, vendor.working, vendor.active) == ("vendor", 1, 1, True)
    assert vendor.condition is not None
    assert vendor.condition.failures == 1
    assert film == VendorSheet("film", active=True, paused=False, condition=None, waiting=0, working=0)
    assert await shop.sheets.vendor("film") == film
    with pytest.raises(NotYours):
        await shop.sheets.vendor("nobody")
