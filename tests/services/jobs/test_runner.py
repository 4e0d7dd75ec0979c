"""From claim to end: the usual way, cancelling, stopping, leases lost and kept."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from providers.base import FailureReason, Phase, Status
from services.jobs import runner, states
from storage.database import Database
from storage.objects.base import StoreUnavailable
from storage.tables import User
from tests.services.jobs.steps import RUNNING, messages, run, running
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.vendor import Vendor, real_clip, refusal

pytestmark = [ON_SQLITE, pytest.mark.usefixtures("every_answer_counts")]


async def test_with_nothing_to_do_it_says_so(shop: Shop) -> None:
    assert await run(shop) is None


async def test_a_job_becomes_a_verified_take(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    vendor.on_status = [Status(Phase.WAITING), RUNNING, Status(Phase.RUNNING)]

    assert await run(shop) == job.id

    ((take_id,),) = await rows(db, "SELECT id FROM takes")
    take = (await shop.takes.view(alice.id, take_id)).take
    assert (take.width, take.height, take.seconds, take.size_bytes) == (160, 90, 5.0, len(real_clip()))
    assert await shop.takes.video(take) == real_clip()
    assert (await shop.takes.thumbnail(take)).startswith(b"\xff\xd8")
    assert (await shop.job(job.id)).state == "succeeded"
    assert await messages(db) == ["clip_ready"]


async def test_the_vendor_gets_what_was_ordered(shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    await run(shop)

    (request,) = vendor.submissions
    draft = await shop.drafts.get(alice.id, job.draft_id or 0)
    assert request.photo == await shop.drafts.photo(draft)
    assert (request.model, request.prompt, request.shape, request.duration_s) == ("vendor-one", "snow", "16:9", 5)
    assert request.seed == job.params["seed"]
    assert len(request.token) == 32


async def test_progress_is_written_down(shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    async with running(shop, vendor):
        now = await shop.job(job.id)

    assert (now.state, now.progress, now.external_id) == ("running", 0.5, "work-1")


async def test_a_wish_to_cancel_is_heard_while_the_vendor_cannot_be_asked(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    wished = False

    async def status(external_id: str) -> Status:
        nonlocal wished
        if not wished:
            wished = True
            await shop.cancel.draft(alice.id, job.draft_id or 0)
        raise refusal(retryable=True)

    vendor.status = status  # type: ignore[method-assign]

    await asyncio.wait_for(run(shop), 10)

    assert (await shop.job(job.id)).state == "cancelled"
    assert vendor.cancelled == ["work-1"]


async def test_a_cancelled_job_is_stopped_at_the_vendor_too(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    async with running(shop, vendor) as worker:
        await shop.cancel.draft(alice.id, job.draft_id or 0)
        await asyncio.wait_for(worker, 10)

    assert vendor.cancelled == ["work-1"]
    assert (await shop.job(job.id)).state == "cancelled"
    assert await messages(db) == ["clip_cancelled"]


async def test_a_vendor_that_cannot_be_told_keeps_no_credits(shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)

    async def unreachable(external_id: str) -> None:
        raise refusal(retryable=True)

    vendor.cancel = unreachable  # type: ignore[method-assign]
    async with running(shop, vendor) as worker:
        await shop.cancel.draft(alice.id, job.draft_id or 0)
        await asyncio.wait_for(worker, 10)

    assert await shop.balance(alice) == (10, 0)


async def test_a_job_cancelled_while_abandoned_is_not_submitted_again(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    await shop.claim("dead")
    await shop.cancel.draft(alice.id, job.draft_id or 0)
    await expire(db, "jobs")

    await run(shop)

    assert (await shop.job(job.id)).state == "cancelled"
    assert vendor.submissions == []


async def test_a_worker_told_to_stop_hands_its_job_over_at_once(shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    async with running(shop, vendor) as worker:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        assert worker.cancelled()

    vendor.status = Vendor.status.__get__(vendor)  # type: ignore[method-assign]
    assert await run(shop, "next") == job.id
    assert (await shop.job(job.id)).state == "succeeded"
    assert len(vendor.submissions) == 1


async def test_a_worker_that_lost_its_lease_stops_and_writes_nothing(
    db: Database, shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(runner, "PROGRESS_SECONDS", 3600.0)
    job = await shop.job_of(alice)
    async with running(shop, vendor) as worker:
        await execute(db, "UPDATE jobs SET fence = fence + 1, lease_owner = 'another'")
        assert await asyncio.wait_for(worker, 10) == job.id

    now = await shop.job(job.id)
    assert (now.state, now.lease_owner) == ("running", "another")


async def test_the_heartbeat_keeps_a_long_job(
    db: Database, shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(runner, "PROGRESS_SECONDS", 3600.0)
    await shop.job_of(alice)
    async with running(shop, vendor):
        await expire(db, "jobs")
        async with asyncio.timeout(10):
            while await shop.queue.claimable():  # noqa: ASYNC110 - the beat tells nobody
                await asyncio.sleep(0.005)


async def test_a_heartbeat_that_misses_once_does_not_end_the_job(
    shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database may be locked or restart: the next beat is in time."""
    monkeypatch.setattr(states, "HEARTBEAT_SECONDS", 0.001)
    monkeypatch.setattr(runner, "PROGRESS_SECONDS", 3600.0)
    job = await shop.job_of(alice)
    beats = 0
    enough = asyncio.Event()
    real_advance = shop.outcomes.advance

    async def advance(claim: object, **values: object) -> bool:
        nonlocal beats
        if values:
            return await real_advance(claim, **values)  # type: ignore[arg-type]
        beats += 1
        if beats == 3:
            enough.set()
        if beats < 3:
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        return await real_advance(claim)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.outcomes, "advance", advance)

    async def status(external_id: str) -> Status:
        await enough.wait()
        return Status(Phase.DONE)

    vendor.status = status  # type: ignore[method-assign]

    assert await asyncio.wait_for(run(shop), 10) == job.id
    assert (await shop.job(job.id)).state == "succeeded"


async def test_a_job_that_kills_its_workers_is_given_up(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    for _ in range(states.MAX_CLAIMS):
        await shop.claim("doomed")
        await expire(db, "jobs")

    await run(shop)

    assert (await shop.job(job.id)).failure_reason == FailureReason.INTERNAL
    assert vendor.submissions == []


async def test_a_store_that_is_down_delays_the_clip_and_orders_no_second_one(
    db: Database, shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await shop.job_of(alice)
    with monkeypatch.context() as down:

        async def put(*_: object) -> None:
            raise StoreUnavailable("no space left")

        down.setattr(shop.store, "put", put)
        with pytest.raises(StoreUnavailable):
            await run(shop)
    assert (await shop.job(job.id)).state == "storing"
    await expire(db, "jobs")

    await run(shop)

    assert (await shop.job(job.id)).state == "succeeded"
    assert len(vendor.submissions) == 1


async def test_two_workers_at_once_make_one_clip_of_each_job(
    db: Database, shop: Shop, vendor: Vendor, alice: User, bob: User
) -> None:
    for user in (alice, bob):
        await shop.job_of(user)

    ran = await asyncio.gather(*(run(shop, f"worker {number}") for number in range(4)))

    assert len([job_id for job_id in ran if job_id]) == 2
    assert vendor.works == 2
    assert await messages(db) == ["clip_ready", "clip_ready"]
