"""Jobs are claimed by one worker each, in an order that is fair between people."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from providers.base import FailureReason
from services import ledger
from services.jobs import states
from services.jobs.queue import Order, create, places
from storage.clock import db_now
from storage.database import Database
from storage.tables import Hold, User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, execute, expire, rows


async def queue_up(db: Database, users: list[User], turns: list[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Jobs as (whose, priority), in the order they were ordered. Returns the same by job id."""
    made = {}
    async with db.transaction() as session:
        for who, priority in turns:
            order = Order("plain", users[who].id, None, f"test:{next(NUMBERS)}", {}, 1, "vendor")
            job = await create(session, order)
            job.priority = priority
            made[job.id] = (who, priority)
    return made


async def finish_all(db: Database) -> None:
    """Leave the queue empty for the next example."""
    async with db.transaction() as session:
        for (hold_id,) in await session.execute(select(Hold.id).where(Hold.state == "held")):
            await ledger.release(session, hold_id)
    await execute(db, "UPDATE jobs SET state = 'cancelled', finished_at = created_at WHERE finished_at IS NULL")


async def claim_all(shop: Shop) -> list[int]:
    claimed = []
    while claim := await shop.queue.claim_next("worker"):
        claimed.append(claim.job.id)
    return claimed


@pytest.fixture
async def four(db: Database) -> list[User]:
    return [await create_user(db, name, credits_=20) for name in ("Alice", "Bob", "Charlie", "Dave")]


NUMBERS = itertools.count()
TURNS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), max_size=12)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(turns=TURNS)
async def test_nobody_s_next_job_goes_before_an_earlier_one_of_another(
    db: Database, shop: Shop, four: list[User], turns: list[tuple[int, int]]
) -> None:
    """Among jobs of one priority, somebody's n-th is taken only when everybody else's first n - 1 have been."""
    made = await queue_up(db, four, turns)
    async with db.reading() as session:
        told = await places(session, list(made))
        one = await places(session, list(made)[:1])

    claimed = await claim_all(shop)

    assert sorted(claimed) == sorted(made), "each is taken once"
    assert [told[job_id] for job_id in claimed] == list(range(len(claimed))), "as the cards say"
    assert one == {job_id: told[job_id] for job_id in list(made)[:1]}, "however many are asked about"
    assert [made[job_id][1] for job_id in claimed] == sorted((made[job_id][1] for job_id in claimed), reverse=True)
    ordered = Counter(made.values())
    taken: Counter[tuple[int, int]] = Counter()
    for job_id in claimed:
        who, priority = made[job_id]
        earlier = sum(taken[who, level] for level in (0, 1))
        for other in range(4):
            others = sum(taken[other, level] for level in (0, 1))
            has_more = taken[other, priority] < ordered[other, priority]
            assert not has_more or others >= earlier, f"{who} goes before {other}"
        taken[made[job_id]] += 1
    assert [job_id for job_id in claimed if made[job_id] == (0, 0)] == [j for j in made if made[j] == (0, 0)]
    await finish_all(db)


async def test_one_with_fifty_jobs_does_not_starve_another(
    db: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MAX_LIVE_PER_USER", 50)
    rich, bob = await create_user(db, "Rich", credits_=50), await create_user(db, "Bob")
    await queue_up(db, [rich], [(0, 0)] * 50)
    (theirs,) = await queue_up(db, [bob], [(0, 0)])

    assert theirs in [(await shop.claim()).job.id for _ in range(2)]
    await finish_all(db)


async def test_what_already_runs_counts_as_a_turn(db: Database, shop: Shop, alice: User, bob: User) -> None:
    first, second, third = await queue_up(db, [alice], [(0, 0)] * 3)
    await shop.claim()
    await shop.claim()
    (bobs,) = await queue_up(db, [bob], [(0, 0)])

    assert (await shop.claim()).job.id == bobs
    assert await rows(db, "SELECT id FROM jobs WHERE state = 'queued'") == [(third,)]
    assert first < second
    await finish_all(db)


async def test_twenty_workers_never_claim_one_job_twice(db: Database, shop: Shop, alice: User) -> None:
    made = await queue_up(db, [alice], [(0, 0)] * 8)

    claims = await asyncio.gather(*(shop.queue.claim_next(f"worker {number}") for number in range(20)))

    assert sorted(claim.job.id for claim in claims if claim) == sorted(made)
    await finish_all(db)


async def test_a_claim_is_a_lease_with_a_fence_and_a_token(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)

    claim = await shop.claim("worker 1")

    assert (claim.job.id, claim.fence, claim.adopted) == (job.id, 1, False)
    assert (claim.job.state, claim.job.lease_owner, claim.job.fence) == ("submitting", "worker 1", 1)
    assert len(claim.job.submission_token or "") == 32
    assert claim.job.lease_until is not None
    left = claim.job.lease_until - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(seconds=states.LEASE_SECONDS + 1)


async def test_a_job_that_is_not_due_is_not_claimed(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    await shop.outcomes.back_to_queue(await shop.claim(), delay_s=60)

    assert await shop.queue.claim_next("worker") is None
    assert await shop.queue.claimable() == []
    await expire(db, "jobs", "due_at")
    assert (await shop.claim()).adopted is False


@pytest.mark.parametrize("state", states.LEASED)
async def test_an_abandoned_job_is_adopted_as_it_stands(db: Database, shop: Shop, alice: User, state: str) -> None:
    job = await shop.job_of(alice)
    first = await shop.claim("dead")
    await shop.outcomes.advance(first, state=state, external_id="work-1", progress=0.5)
    assert await shop.queue.claim_next("alive") is None
    await expire(db, "jobs")

    second = await shop.claim("alive")

    assert (second.job.id, second.adopted, second.fence) == (job.id, True, first.fence + 1)
    assert (second.job.state, second.job.external_id, second.job.progress) == (state, "work-1", 0.5)
    assert second.job.submission_token == first.job.submission_token
    assert second.job.started_at == first.job.started_at


async def test_abandoned_jobs_go_first(db: Database, shop: Shop, alice: User, bob: User) -> None:
    abandoned = await shop.job_of(alice)
    await shop.claim()
    await shop.job_of(bob)
    await expire(db, "jobs")

    assert (await shop.claim()).job.id == abandoned.id


@pytest.mark.parametrize("end", ["unknown", "succeeded", "failed", "cancelled"])
async def test_what_is_settled_or_unknown_is_never_claimed(db: Database, shop: Shop, alice: User, end: str) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()
    if end == "unknown":
        await shop.outcomes.to_unknown(claim)
    elif end == "succeeded":
        await shop.outcomes.succeed(claim, await shop.stored(claim))
    elif end == "failed":
        await shop.outcomes.fail(claim.job, claim.fence, FailureReason.BUSY)
    else:
        await shop.outcomes.cancel(claim.job, claim.fence)
    await expire(db, "jobs")
    await expire(db, "jobs", "due_at")

    assert await shop.queue.claim_next("worker") is None
    assert await shop.queue.claimable() == []


@ON_SQLITE
async def test_claimable_is_what_waits_or_was_abandoned(db: Database, shop: Shop, alice: User) -> None:
    jobs = [await shop.job_of(alice) for _ in range(3)]
    await shop.claim()
    assert await shop.queue.claimable() == [job.id for job in jobs[1:]]

    await expire(db, "jobs")

    assert await shop.queue.claimable() == [job.id for job in jobs]


async def test_a_lease_is_measured_by_the_database_s_clock(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()
    async with db.reading() as session:
        now = (await session.execute(select(db_now()))).scalar_one()

    assert claim.job.lease_until is not None
    assert abs((claim.job.lease_until - now).total_seconds() - states.LEASE_SECONDS) < 5
