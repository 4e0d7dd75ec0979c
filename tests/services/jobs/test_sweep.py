"""The sweep mends what got lost: exactly the missing wake-ups, and jobs past their deadline."""

from __future__ import annotations

import asyncio

import pytest

from providers.base import FailureReason
from services.jobs import states
from storage.database import Database
from storage.tables import Job, User
from tests.support.builders import Shop, create_user
from tests.support.database import execute, expire, rows


async def expire_deadline(db: Database, job: Job) -> None:
    past = "datetime('now', '-1 hour')" if db.is_sqlite else "now() - interval '1 hour'"
    await execute(db, f"UPDATE jobs SET deadline_at = {past} WHERE id = :id", id=job.id)  # noqa: S608 - from above


@pytest.mark.parametrize(("pending", "woken"), [(0, [0, 1, 2]), (1, [1, 2]), (3, []), (7, [])])
async def test_it_wakes_exactly_the_missing_ones(shop: Shop, alice: User, pending: int, woken: list[int]) -> None:
    jobs = [await shop.job_of(alice) for _ in range(3)]
    shop.woken.jobs.clear()

    await shop.sweep.run(pending)

    assert shop.woken.jobs == [jobs[place].id for place in woken]


async def test_what_is_being_worked_on_is_not_woken_but_what_was_abandoned_is(
    db: Database, shop: Shop, alice: User
) -> None:
    job = await shop.job_of(alice)
    await shop.claim()
    shop.woken.jobs.clear()
    await shop.sweep.run(0)
    assert shop.woken.jobs == []

    await expire(db, "jobs")
    await shop.sweep.run(0)

    assert shop.woken.jobs == [job.id]


async def test_what_is_to_be_tried_later_is_woken_when_its_time_comes(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await shop.outcomes.back_to_queue(await shop.claim(), delay_s=60)
    shop.woken.jobs.clear()
    await shop.sweep.run(0)
    assert shop.woken.jobs == []

    await expire(db, "jobs", "due_at")
    await shop.sweep.run(0)

    assert shop.woken.jobs == [job.id]


@pytest.mark.parametrize("state", states.LIVE)
async def test_by_its_deadline_a_job_is_failed_and_given_back(
    db: Database, shop: Shop, alice: User, state: str
) -> None:
    job, other = await shop.job_of(alice), await shop.job_of(alice)
    if state != "queued":
        claim = await shop.claim()
        await (shop.outcomes.to_unknown(claim) if state == "unknown" else shop.outcomes.advance(claim, state=state))
    await expire_deadline(db, job)

    for _ in range(2):
        await shop.sweep.run(0)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", FailureReason.TIMED_OUT)
    assert (await shop.job(other.id)).state == "queued"
    assert await shop.balance(alice) == (8, 2)
    assert await rows(db, "SELECT kind FROM outbox") == [("clip_failed",)]


async def test_ten_sweeps_at_once_fail_a_job_once(db: Database, shop: Shop, alice: User) -> None:
    await expire_deadline(db, await shop.job_of(alice))

    await asyncio.gather(*(shop.sweep.run(0) for _ in range(10)))

    assert await rows(db, "SELECT kind FROM outbox") == [("clip_failed",)]
    assert await shop.balance(alice) == (10, 0)


async def test_the_sweep_and_a_completion_at_once_end_a_job_once(db: Database, shop: Shop) -> None:
    rich = await create_user(db, "Rich", credits_=20)
    for _ in range(5):
        await expire_deadline(db, await shop.job_of(rich))
    claims = [await shop.claim() for _ in range(5)]
    clips = [await shop.stored(claim) for claim in claims]

    await asyncio.gather(
        shop.sweep.run(0),
        *(shop.outcomes.succeed(claim, clip) for claim, clip in zip(claims, clips, strict=True)),
        return_exceptions=True,
    )

    assert await rows(db, "SELECT count(*) FROM jobs WHERE state IN ('failed', 'succeeded')") == [(5,)]
    assert await rows(db, "SELECT count(*) FROM outbox") == [(5,)]
