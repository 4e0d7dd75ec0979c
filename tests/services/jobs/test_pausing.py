"""A pause: nothing new is begun, what a vendor has is still fetched, and afterwards it all goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.errors import AlreadyDone, NotYours
from services.live.live import Live
from storage.database import Database
from storage.tables import User
from tests.services.jobs.steps import Other, messages, run
from tests.support.builders import START, Shop
from tests.support.database import ON_SQLITE, expire, rows
from tests.support.vendor import Vendor

pytestmark = ON_SQLITE


@pytest.fixture
def other() -> Other:
    return Other(embedded=False)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor(embedded=False)


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor, other: Other) -> Shop:
    return Shop(db, tmp_path / "objects", vendor, other)


async def elsewhere(shop: Shop) -> Live:
    """The values as another process has them."""
    live = Live(shop.db, START)
    await live.refresh()
    return live


async def test_while_all_is_paused_nothing_is_begun_and_nobody_is_woken_for_it(shop: Shop, alice: User) -> None:
    await shop.pausing.pause(await shop.boss())
    job = await shop.job_of(alice)
    shop.woken.jobs.clear()

    assert await run(shop) is None
    assert await shop.queue.claimable() == []
    await shop.sweep.run(0)

    assert shop.woken.jobs == []
    assert (await shop.job(job.id)).state == "queued"


async def test_what_a_vendor_has_is_fetched_all_the_same(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    await shop.pausing.pause(await shop.boss())
    await shop.pausing.pause(await shop.boss(), "vendor")

    await shop.watcher.round()

    assert await shop.queue.claimable() == [job.id]
    assert await run(shop) == job.id
    assert await messages(db) == ["clip_ready"]


@pytest.mark.parametrize("only", [None, "vendor"])
async def test_what_a_dead_worker_had_not_handed_over_waits_too(
    db: Database, shop: Shop, alice: User, only: str | None
) -> None:
    job = await shop.job_of(alice)
    await shop.claim("dead")
    await expire(db, "jobs", "lease_until")
    await shop.pausing.pause(await shop.boss(), only)

    assert await run(shop) is None
    assert (await shop.job(job.id)).fence == 1, "each look would be a claim, and claims are counted"
    await shop.cancel.draft(alice.id, job.draft_id or 0)
    assert await run(shop) == job.id
    assert (await shop.job(job.id)).state == "cancelled"


@pytest.mark.parametrize("only", [None, "vendor"])
async def test_afterwards_workers_are_woken_and_go_on(shop: Shop, alice: User, only: str | None) -> None:
    boss, job = await shop.boss(), await shop.job_of(alice)
    await shop.pausing.pause(boss, only)
    assert await run(shop) is None
    shop.woken.jobs.clear()

    await shop.pausing.resume(boss, only)

    assert shop.woken.jobs == [job.id]
    assert await run(shop) == job.id


async def test_a_worker_that_is_woken_learns_of_it_at_once(shop: Shop, alice: User) -> None:
    """Its picture may be some seconds old, and the sweep would find the job only later."""
    boss = await shop.boss()
    await shop.job_of(alice)
    await shop.pausing.pause(boss)
    shop.queue._live = await elsewhere(shop)
    assert await run(shop) is None

    await shop.pausing.resume(boss)

    assert await run(shop) is not None


async def test_a_job_that_waits_is_still_over_at_its_deadline(db: Database, shop: Shop, alice: User) -> None:
    await shop.pausing.pause(await shop.boss())
    job = await shop.job_of(alice)
    await expire(db, "jobs", "deadline_at")

    await shop.sweep.run(0)

    assert (await shop.job(job.id)).failure_reason == "timed_out"
    assert await shop.balance(alice) == (10, 0)


async def test_what_waits_for_a_paused_vendor_goes_to_who_makes_it_for_no_more(
    db: Database, shop: Shop, alice: User, other: Other
) -> None:
    short = await shop.job_of(alice)
    draft = await shop.draft_of(alice)
    await shop.drafts.choose(alice.id, draft.id, "duration_s", 10)  # which the other does not make
    long = await shop.job_of(alice, await shop.drafts.get(alice.id, draft.id))
    await shop.pausing.pause(await shop.boss(), "vendor")
    shop.woken.jobs.clear()

    await shop.detours.round()

    assert await rows(db, "SELECT id, provider, charge FROM jobs ORDER BY id") == [
        (short.id, "other", 1),
        (long.id, "vendor", None),
    ]
    assert shop.woken.jobs == [short.id]
    assert await run(shop) == short.id
    assert await run(shop) is None
    assert len(other.submissions) == 1


async def test_without_a_pause_nobody_makes_a_detour(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)

    await shop.detours.round()

    assert await rows(db, "SELECT provider FROM jobs") == [("vendor",)]


async def test_one_vendor_after_another_and_each_once(shop: Shop) -> None:
    boss = await shop.boss()
    for name in ("vendor", "other", "film"):
        await shop.pausing.pause(boss, name)
    await shop.pausing.resume(boss, "other")

    assert shop.live.now.paused_makers == ["vendor", "film"]
    assert [(one.name, one.paused) for one in await shop.sheets.vendors()] == [
        ("vendor", True),
        ("other", False),
        ("film", True),
    ]
    with pytest.raises(AlreadyDone):
        await shop.pausing.pause(boss, "vendor")
    with pytest.raises(AlreadyDone):
        await shop.pausing.resume(boss, "other")
    with pytest.raises(AlreadyDone):
        await shop.pausing.resume(boss)
    with pytest.raises(NotYours):
        await shop.pausing.pause(boss, "nobody")


async def test_every_pause_stands_in_the_log(shop: Shop) -> None:
    boss = await shop.boss()
    await shop.pausing.pause(boss)
    await shop.pausing.resume(boss)

    listed = (await shop.audit.listed(subject="value:paused"))[0]

    assert [one.entry.after for one in listed] == [{"value": False}, {"value": True}]
