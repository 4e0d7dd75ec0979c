"""Vendors that refuse, stutter, forget and lie: what the user pays and is told in the end."""

from __future__ import annotations

import asyncio

import pytest

from providers.base import FailureReason, OutcomeUnknown, Phase, Status
from services.jobs import states
from storage.database import Database
from storage.tables import User
from tests.services.jobs.steps import RUNNING, messages, run, run_through, running
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.vendor import Vendor, real_clip, refusal

pytestmark = [ON_SQLITE, pytest.mark.usefixtures("every_answer_counts")]


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
    vendor.resubmits_safely = False
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


async def test_where_a_token_is_one_piece_of_work_an_unknown_submission_is_repeated_under_it(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    vendor.on_submit = [OutcomeUnknown("timed out", provider="vendor")]

    await run_through(shop, db)

    assert (await shop.job(job.id)).state == "succeeded"
    assert len({one.token for one in vendor.submissions}) == 1
    assert vendor.works == 1


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


async def test_an_adapter_with_a_bug_ends_with_the_credits_given_back(
    db: Database, shop: Shop, vendor: Vendor, alice: User
) -> None:
    job = await shop.job_of(alice)
    vendor.on_submit = [KeyError("unforeseen") for _ in range(states.MAX_CLAIMS)]

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


async def test_the_jobs_of_a_vendor_that_is_switched_off_go_to_another(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await execute(db, "UPDATE jobs SET provider = 'long-gone'")

    await run_through(shop, db)

    now = await shop.job(job.id)
    assert (now.state, now.provider, now.tried) == ("succeeded", "vendor", ["long-gone"])


async def test_where_nobody_else_can_make_it_they_fail(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await execute(db, "UPDATE jobs SET provider = 'long-gone'")
    shop.catalogue.providers.clear()

    await run(shop)

    assert (await shop.job(job.id)).failure_reason == FailureReason.INTERNAL
