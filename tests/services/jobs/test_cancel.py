"""Cancelling gives the credits back, once, whatever the worker does at that moment."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from services.errors import AlreadyDone
from services.jobs.outcome import LeaseLost
from storage.database import Database
from storage.tables import Account, Job, User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_POSTGRES, execute, rows, until_somebody_waits_for_a_lock


async def message_kinds(db: Database) -> list[str]:
    return [kind for (kind,) in await rows(db, "SELECT kind FROM outbox ORDER BY id")]


async def test_what_waits_is_cancelled_at_once(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)

    await shop.cancel.draft(alice.id, job.draft_id or 0)

    assert (await shop.job(job.id)).state == "cancelled"
    assert await shop.balance(alice) == (10, 0)
    assert (await shop.drafts.get(alice.id, job.draft_id or 0)).state == "open"
    assert await message_kinds(db) == ["clip_cancelled"]
    assert await shop.queue.claim_next("worker") is None


async def test_what_nobody_knows_about_is_cancelled_at_once(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await shop.outcomes.to_unknown(await shop.claim())

    await shop.cancel.draft(alice.id, job.draft_id or 0)

    assert (await shop.job(job.id)).state == "cancelled"
    assert await shop.balance(alice) == (10, 0)


async def test_what_runs_is_asked_to_stop(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim()

    await shop.cancel.draft(alice.id, job.draft_id or 0)

    assert await shop.cards.in_the_making(alice.id) == []
    assert await shop.outcomes.advance(claim, progress=0.5) is True
    assert await shop.balance(alice) == (8, 2)
    await shop.outcomes.cancel(claim.job, claim.fence)
    assert await shop.balance(alice) == (10, 0)


async def test_a_job_whose_submission_becomes_unknown_after_the_wish_is_cancelled(shop: Shop, alice: User) -> None:
    """Nobody works on it any more who could see the wish."""
    job = await shop.job_of(alice)
    claim = await shop.claim()
    await shop.cancel.draft(alice.id, job.draft_id or 0)

    await shop.outcomes.to_unknown(claim)

    assert (await shop.job(job.id)).state == "cancelled"
    assert await shop.balance(alice) == (10, 0)


async def test_a_job_that_would_be_tried_again_after_the_wish_is_cancelled(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim()
    await shop.cancel.draft(alice.id, job.draft_id or 0)

    await shop.outcomes.back_to_queue(claim, delay_s=60.0)

    assert (await shop.job(job.id)).state == "cancelled"
    assert await shop.balance(alice) == (10, 0)


async def test_a_finished_clip_wins_over_a_wish_that_came_too_late(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim()
    await shop.cancel.draft(alice.id, job.draft_id or 0)

    await shop.outcomes.succeed(claim, await shop.stored(claim))

    assert (await shop.job(job.id)).state == "succeeded"
    assert await message_kinds(db) == ["clip_ready"]
    with pytest.raises(AlreadyDone):
        await shop.cancel.draft(alice.id, job.draft_id or 0)


async def test_a_clip_that_comes_after_the_cancelling_is_refused(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()
    await shop.outcomes.cancel(claim.job, claim.fence)

    with pytest.raises(LeaseLost):
        await shop.outcomes.succeed(claim, await shop.stored(claim))

    assert await shop.balance(alice) == (10, 0)
    assert await message_kinds(db) == ["clip_cancelled"]


async def test_cancelling_and_completing_at_once_end_the_job_once(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim()
    stored = await shop.stored(claim)

    ends = await asyncio.gather(
        shop.outcomes.succeed(claim, stored), shop.outcomes.cancel(claim.job, claim.fence), return_exceptions=True
    )

    assert [type(end) for end in ends if end] == [LeaseLost]
    assert len(await message_kinds(db)) == 1
    assert (await shop.job(job.id)).state in ("succeeded", "cancelled")


async def test_cancelling_and_claiming_at_once_lose_nothing(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)

    claim, _ = await asyncio.gather(shop.queue.claim_next("worker"), shop.cancel.draft(alice.id, job.draft_id or 0))

    now = await shop.job(job.id)
    assert (now.state, now.cancelling) == (("submitting", True) if claim else ("cancelled", False))


async def test_twenty_taps_on_cancel_give_back_once(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)

    taps = await asyncio.gather(
        *(shop.cancel.draft(alice.id, job.draft_id or 0) for _ in range(20)), return_exceptions=True
    )

    assert sum(tap is None for tap in taps) == 1
    assert await shop.balance(alice) == (10, 0)


async def test_an_album_can_be_cancelled_while_some_of_it_is_done(db: Database, shop: Shop) -> None:
    """What waits is given back in one transaction with asking the running ones, which are ending at that moment."""
    rich = await create_user(db, "Rich", credits_=100)
    drafts = [await shop.draft_of(rich, album="together") for _ in range(10)]
    await shop.ordering.generate_album(rich.id, drafts[0].album_id or 0, 0)
    await execute(db, "UPDATE jobs SET priority = id % 2")  # so that every second one runs
    claims = [await shop.claim() for _ in range(5)]
    clips = [await shop.stored(claim) for claim in claims]

    await asyncio.gather(
        *(shop.outcomes.succeed(claim, clip) for claim, clip in zip(claims, clips, strict=True)),
        shop.cancel.drafts(rich.id, [draft.id for draft in drafts]),
    )

    assert await rows(db, "SELECT state, count(*) FROM jobs GROUP BY state ORDER BY state") == [
        ("cancelled", 5),
        ("succeeded", 5),
    ]
    assert await shop.balance(rich) == (90, 0)


@ON_POSTGRES
async def test_it_takes_its_locks_in_the_order_in_which_jobs_end(db: Database, shop: Shop, alice: User) -> None:
    """A job that ends locks its own row and then the pockets: cancelling must not wait with pockets locked."""
    first, second = [await shop.job_of(alice) for _ in range(2)]
    async with db.transaction() as ending:
        await ending.execute(update(Job).where(Job.id == second.id).values(progress=0.5))
        tap = asyncio.create_task(shop.cancel.drafts(alice.id, [first.draft_id or 0, second.draft_id or 0]))
        await until_somebody_waits_for_a_lock(db)
        await ending.execute(update(Account).where(Account.user_id == alice.id).values(balance=Account.balance))

    await tap
    assert await shop.balance(alice) == (10, 0)
