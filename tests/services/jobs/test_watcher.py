"""Work at remote vendors: handed over, watched by whoever has the duty, and collected by whoever is free."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from providers.base import FailureReason, Phase, Status
from services.jobs import states
from services.ledger import Balance
from storage.database import Database
from storage.tables import User
from tests.services.jobs.steps import messages, run
from tests.support.builders import Shop
from tests.support.database import expire, rows
from tests.support.vendor import Vendor, refusal

RUNNING = Status(Phase.RUNNING, 0.5)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor(embedded=False)


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor) -> Shop:
    return Shop(db, tmp_path / "objects", vendor)


async def looked(shop: Shop, db: Database) -> int:
    """A round of the watcher, when everything is due."""
    await expire(db, "jobs", "next_poll_at")
    return await shop.watcher.round()


async def test_no_worker_waits_for_a_vendor(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)

    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.external_id, now.lease_until) == ("running", "work-1", None)
    assert await run(shop) is None
    assert vendor.works == 1


async def test_a_finished_clip_is_collected_and_captured(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [RUNNING, Status(Phase.DONE, cost=12.5)]

    assert await looked(shop, db) == 1
    assert (await shop.job(job.id)).progress == 0.5
    assert await looked(shop, db) == 1
    assert shop.woken.jobs[-1] == job.id
    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.cost) == ("succeeded", 12.5)
    assert await messages(db) == ["clip_ready"]
    assert await shop.wallet.balance(alice.id) == Balance(8, 0)


async def test_what_is_not_due_is_not_asked_about(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    vendor.poll_seconds = 60.0
    await shop.job_of(alice)
    await run(shop)

    assert await shop.watcher.round() == 0


async def test_progress_never_goes_back(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [Status(Phase.RUNNING, said) for said in (0.6, 0.2, None, 7.0)]
    for expected in (0.6, 0.6, 0.6, 0.99):
        await looked(shop, db)
        assert (await shop.job(job.id)).progress == expected


async def test_a_vendor_that_cannot_be_asked_has_not_failed(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [refusal(retryable=True), refusal(retryable=False)]

    for _ in range(2):
        await looked(shop, db)

    assert (await shop.job(job.id)).state == "running"
    assert vendor.works == 1


async def test_a_verdict_against_the_photo_is_final(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [Status(Phase.FAILED, error=refusal(retryable=True, reason=FailureReason.REFUSED))]

    await looked(shop, db)

    assert (await shop.job(job.id)).failure_reason == FailureReason.REFUSED
    assert vendor.works == 1
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)


async def test_a_failure_that_may_pass_is_tried_again_under_a_new_token(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [Status(Phase.FAILED, error=refusal(retryable=True))]

    await looked(shop, db)
    await expire(db, "jobs", "due_at")
    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.attempts) == ("running", 1)
    assert len({one.token for one in vendor.submissions}) == 2


async def test_what_the_vendor_lost_is_made_again(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [Status(Phase.GONE)]

    await looked(shop, db)

    assert ((await shop.job(job.id)).state, (await shop.job(job.id)).attempts) == ("queued", 1)


async def test_cancelling_stops_it_at_the_vendor_and_gives_back(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    vendor.poll_seconds = 60.0
    job = await shop.job_of(alice)
    await run(shop)

    await shop.cancel.draft(alice.id, job.draft_id or 0)
    await shop.watcher.round()

    assert (await shop.job(job.id)).state == "cancelled"
    assert vendor.cancelled == ["work-1"]
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)


async def test_a_hint_is_followed_at_once_and_believed_only_after_asking(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [RUNNING]
    await expire(db, "jobs", "next_poll_at")

    await shop.watcher.look(job.id)

    assert (await shop.job(job.id)).state == "running"


async def test_two_who_watch_at_once_do_everything_once(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    await expire(db, "jobs", "next_poll_at")

    await asyncio.gather(*(shop.watcher.round() for _ in range(3)))
    await asyncio.gather(*(run(shop) for _ in range(3)))

    assert (await shop.job(job.id)).state == "succeeded"
    assert await messages(db) == ["clip_ready"]


async def test_what_never_ends_ends_at_its_deadline_and_a_late_clip_is_a_gift(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    await run(shop)
    vendor.on_status = [RUNNING]
    await looked(shop, db)
    await expire(db, "jobs", "deadline_at")

    await shop.sweep.run(0)

    assert (await shop.job(job.id)).failure_reason == FailureReason.TIMED_OUT
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
    vendor.on_status = [RUNNING, Status(Phase.DONE, cost=3.0)]
    for _ in range(3):
        await expire(db, "jobs", "next_poll_at")
        await shop.late.round()

    now = await shop.job(job.id)
    assert (now.state, now.cost, now.late_until) == (states.FAILED, 3.0, None)
    assert await rows(db, "SELECT gift, number FROM takes") in ([(1, 1)], [(True, 1)])
    assert await messages(db) == ["clip_failed", "clip_gift"]
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
