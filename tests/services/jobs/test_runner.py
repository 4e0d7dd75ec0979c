"""From claim to end with vendors that work, refuse, stutter, forget and lie."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.exc import OperationalError

from providers.base import FailureReason, OutcomeUnknown, Phase, Status
from services.jobs import runner, states
from storage.database import Database
from storage.objects.base import StoreUnavailable
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.vendor import Vendor, real_clip, refusal

pytestmark = ON_SQLITE
RUNNING = Status(Phase.RUNNING, 0.5)


@pytest.fixture(autouse=True)
def every_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is written at each answer instead of once a second."""
    monkeypatch.setattr(runner, "PROGRESS_SECONDS", 0.0)


async def run(shop: Shop, owner: str = "worker") -> int | None:
    return await shop.worker().run_next(owner)


async def run_through(shop: Shop, db: Database) -> None:
    """Run until nothing is left, without waiting for the times in between."""
    while await run(shop) is not None:
        await expire(db, "jobs", "due_at")


async def messages(db: Database) -> list[str]:
    return [kind for (kind,) in await rows(db, "SELECT kind FROM outbox ORDER BY id")]


@asynccontextmanager
async def running(shop: Shop, vendor: Vendor, *, until: int = 3) -> AsyncIterator[asyncio.Task[int | None]]:
    """A worker on a job that goes on and on, once the vendor has been asked a few times."""
    asked = 0
    reached = asyncio.Event()

    async def status(external_id: str) -> Status:
        nonlocal asked
        asked += 1
        if asked >= until:
            reached.set()
        await asyncio.sleep(0)
        return RUNNING

    vendor.status = status  # type: ignore[method-assign]
    task = asyncio.create_task(run(shop))
    await asyncio.wait_for(reached.wait(), 10)
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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


@pytest.mark.parametrize("reason", [FailureReason.REFUSED, FailureReason.BAD_INPUT])
@pytest.mark.parametrize("where", ["on_submit", "on_status", "on_fetch"])
async def test_a_final_refusal_fails_the_job_at_once(
    db: Database, shop: Shop, vendor: Vendor, alice: User, where: str, reason: FailureReason
) -> None:
    job = await shop.job_of(alice)
    getattr(vendor, where).append(refusal(retryable=False, reason=reason))

    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", reason)
    assert len(vendor.submissions) == 1
    assert await shop.balance(alice) == (10, 0)
    assert await messages(db) == ["clip_failed"]


@pytest.mark.parametrize("where", ["on_submit", "on_fetch"])
async def test_what_may_pass_is_tried_three_times_and_then_failed_and_told_once(
    db: Database, shop: Shop, vendor: Vendor, alice: User, where: str
) -> None:
    job = await shop.job_of(alice)
    getattr(vendor, where).extend(refusal(retryable=True) for _ in range(5))

    await run_through(shop, db)

    assert len(vendor.submissions) == states.MAX_ATTEMPTS
    assert len({request.token for request in vendor.submissions}) == states.MAX_ATTEMPTS
    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", FailureReason.BUSY)
    assert await messages(db) == ["clip_failed"]
    assert await shop.balance(alice) == (10, 0)


async def test_each_retry_waits_longer(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    vendor.on_submit = [refusal(retryable=True), refusal(retryable=True)]

    waits = []
    for _ in range(2):
        await run(shop)
        now = await shop.job(job.id)
        assert (now.state, now.lease_owner) == ("queued", None)
        assert await run(shop) is None, "not before its time"
        ((left,),) = await rows(db, "SELECT (julianday(due_at) - julianday('now')) * 86400 FROM jobs")
        waits.append(left)
        await expire(db, "jobs", "due_at")
    await run(shop)

    assert states.BACKOFF_SECONDS[0] * 0.5 - 1 < waits[0] < states.BACKOFF_SECONDS[0] * 1.5
    assert states.BACKOFF_SECONDS[1] * 0.5 - 1 < waits[1] < states.BACKOFF_SECONDS[1] * 1.5
    assert (await shop.job(job.id)).state == "succeeded"


async def test_a_verdict_of_the_vendor_is_retried_under_a_new_token(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    """Under the old token the vendor would answer with the old failure."""
    job = await shop.job_of(alice)
    vendor.on_status = [Status(Phase.FAILED, error=refusal(retryable=True))]

    await run_through(shop, db)

    assert len({request.token for request in vendor.submissions}) == 2
    assert (await shop.job(job.id)).state == "succeeded"


async def test_not_being_able_to_ask_is_no_verdict(shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    vendor.on_status = [refusal(retryable=True)] * 10

    await run(shop)

    assert (await shop.job(job.id)).state == "succeeded"
    assert len(vendor.submissions) == 1


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


@pytest.mark.parametrize("phase", [Phase.GONE, Phase.CANCELLED])
async def test_work_the_vendor_lost_is_begun_again_where_that_is_safe(
    shop: Shop, vendor: Vendor, alice: User, phase: Phase
) -> None:
    job = await shop.job_of(alice)
    vendor.on_status = [RUNNING, Status(phase)]

    await run(shop)

    assert len(vendor.submissions) == 2
    assert len({request.token for request in vendor.submissions}) == 1
    assert (await shop.job(job.id)).state == "succeeded"


async def test_work_that_was_begun_again_is_watched_and_fetched_under_its_new_id(
    shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    real_submit = vendor.submit

    async def submit_to_a_vendor_that_restarts(request: object) -> str:
        external_id = await real_submit(request)  # type: ignore[arg-type]
        if len(vendor.submissions) == 1:
            vendor.forget_everything()
        return external_id

    vendor.submit = submit_to_a_vendor_that_restarts  # type: ignore[method-assign]

    await asyncio.wait_for(run(shop), 30)

    now = await shop.job(job.id)
    assert (now.state, now.external_id) == ("succeeded", "work-2")


async def test_work_a_vendor_lost_that_would_charge_twice_fails(db: Database, shop: Shop, alice: User) -> None:
    shop.vendor.resubmits_safely = False
    job = await shop.job_of(alice)
    shop.vendor.on_status = [Status(Phase.GONE)]

    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", FailureReason.UNAVAILABLE)
    assert len(shop.vendor.submissions) == 1


LIES = {
    "nothing": b"",
    "an error page": b"<html><body>502 Bad Gateway</body></html>" * 100,
    "half a clip": real_clip()[: len(real_clip()) // 2],
    "another length": real_clip(2.0),
    "a black clip": real_clip(5.0, black=True),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_lying_success_costs_nothing_and_leaves_nothing(
    db: Database, shop: Shop, vendor: Vendor, alice: User, lie: str
) -> None:
    job = await shop.job_of(alice)
    vendor.on_fetch = [LIES[lie]] * states.MAX_ATTEMPTS

    await run_through(shop, db)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", FailureReason.BAD_RESULT)
    assert await shop.balance(alice) == (10, 0)
    assert not await shop.store.exists(f"clips/{alice.id}/{job.draft_id}/{job.id}.mp4")


async def test_a_lie_may_be_followed_by_the_truth(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    vendor.on_fetch = [b"<html>"]

    await run_through(shop, db)

    assert (await shop.job(job.id)).state == "succeeded"


async def test_an_unknown_submission_is_never_repeated_and_ends_by_its_deadline(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    vendor.on_submit = [OutcomeUnknown("timed out", provider="vendor")]
    await run(shop)
    assert (await shop.job(job.id)).state == "unknown"
    assert await run(shop) is None

    await expire(db, "jobs", "deadline_at")
    await shop.sweep.run(0)

    assert (await shop.job(job.id)).state == "failed"
    assert len(vendor.submissions) == 1
    assert await messages(db) == ["clip_failed"]


async def test_a_vendor_that_never_finishes_is_left_at_the_deadline(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    async with running(shop, vendor) as worker:
        await expire(db, "jobs", "deadline_at")
        await shop.sweep.run(0)
        assert await asyncio.wait_for(worker, 10) == job.id

    assert (await shop.job(job.id)).failure_reason == FailureReason.TIMED_OUT
    assert await shop.balance(alice) == (10, 0)


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


async def test_an_adapter_with_a_bug_ends_with_the_credits_given_back(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    vendor.on_submit = [KeyError("unforeseen") for _ in range(20)]

    for _ in range(states.MAX_CLAIMS):
        with pytest.raises(KeyError):
            await run(shop)
        await expire(db, "jobs")
    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", FailureReason.INTERNAL)
    assert len(vendor.submissions) == states.MAX_CLAIMS
    assert await messages(db) == ["clip_failed"]
    assert await shop.balance(alice) == (10, 0)


async def test_a_job_that_kills_its_workers_is_given_up(db: Database, shop: Shop, vendor: Vendor, alice: User) -> None:
    job = await shop.job_of(alice)
    for _ in range(states.MAX_CLAIMS):
        await shop.claim("doomed")
        await expire(db, "jobs")

    await run(shop)

    assert (await shop.job(job.id)).failure_reason == FailureReason.INTERNAL
    assert vendor.submissions == []


async def test_a_vendor_that_is_switched_off_fails_its_jobs(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await execute(db, "UPDATE jobs SET provider = 'long-gone'")

    await run(shop)

    assert (await shop.job(job.id)).failure_reason == FailureReason.INTERNAL


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
