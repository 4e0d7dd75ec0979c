"""The fence: only the newest claim may write, and a job ends exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from providers.base import FailureReason
from services.jobs.outcome import LeaseLost
from services.jobs.queue import Claim
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import expire, rows


async def succeed(shop: Shop, claim: Claim) -> None:
    await shop.outcomes.succeed(claim, await shop.stored(claim))


Write = Callable[[Shop, Claim], Awaitable[object]]
WRITES: dict[str, Write] = {
    "advance": lambda shop, claim: shop.outcomes.advance(claim, state="running", external_id="zombie", progress=0.9),
    "back_to_queue": lambda shop, claim: shop.outcomes.back_to_queue(claim, delay_s=0.0, attempts=9),
    "let_go": lambda shop, claim: shop.outcomes.let_go(claim),
    "to_unknown": lambda shop, claim: shop.outcomes.to_unknown(claim),
    "succeed": succeed,
    "fail": lambda shop, claim: shop.outcomes.fail(claim.job, claim.fence, FailureReason.BUSY),
    "cancel": lambda shop, claim: shop.outcomes.cancel(claim.job, claim.fence),
}
ENDS: dict[str, Write] = {name: WRITES[name] for name in ("succeed", "fail", "cancel")}


async def everything(db: Database) -> list[object]:
    tables = ("jobs", "holds", "transfers", "accounts", "drafts", "takes", "outbox")
    return [await rows(db, f"SELECT * FROM {table} ORDER BY id") for table in tables]  # noqa: S608


@pytest.mark.parametrize("name", WRITES)
async def test_a_zombie_writes_nothing(db: Database, shop: Shop, alice: User, name: str) -> None:
    """A worker that slept past its lease wakes up and goes on, while another one has the job."""
    await shop.job_of(alice)
    zombie = await shop.claim("zombie")
    await expire(db, "jobs")
    ours = await shop.claim("alive")
    before = await everything(db)

    with pytest.raises(LeaseLost):
        await WRITES[name](shop, zombie)

    assert await everything(db) == before
    await succeed(shop, ours)


@pytest.mark.parametrize("first", ENDS)
@pytest.mark.parametrize("second", WRITES)
async def test_what_has_ended_stays_as_it_ended(db: Database, shop: Shop, alice: User, first: str, second: str) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()
    await ENDS[first](shop, claim)
    before = await everything(db)

    with pytest.raises(LeaseLost):
        await WRITES[second](shop, claim)

    assert await everything(db) == before


async def test_of_all_ends_at_once_one_happens(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()

    ends = await asyncio.gather(*(end(shop, claim) for end in list(ENDS.values()) * 5), return_exceptions=True)

    assert sum(end is None for end in ends) == 1
    assert all(end is None or isinstance(end, LeaseLost) for end in ends)
    assert await rows(db, "SELECT count(*) FROM outbox") == [(1,)]


async def test_success_captures_keeps_the_take_and_tells(db: Database, shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim()

    await succeed(shop, claim)

    now = await shop.job(job.id)
    assert (now.state, now.progress, now.lease_owner, now.lease_until) == ("succeeded", 1.0, None, None)
    assert now.finished_at is not None
    assert await shop.balance(alice) == (8, 0)
    assert (await shop.drafts.get(alice.id, job.draft_id or 0)).state == "open"
    (message,) = await shop.outbox.claim()
    ((take_id,),) = await rows(db, "SELECT id FROM takes")
    assert (message.kind, message.user_id, message.payload) == (
        "clip_ready",
        alice.id,
        {"take_id": take_id, "job_id": job.id},
    )


@pytest.mark.parametrize("reason", FailureReason)
async def test_failure_gives_back_opens_the_draft_and_tells_why(shop: Shop, alice: User, reason: FailureReason) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim()

    await shop.outcomes.fail(claim.job, claim.fence, reason)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", reason)
    assert await shop.balance(alice) == (10, 0)
    assert (await shop.drafts.get(alice.id, job.draft_id or 0)).state == "open"
    (message,) = await shop.outbox.claim()
    assert (message.kind, message.payload) == ("clip_failed", {"job_id": job.id})


async def test_writing_renews_the_lease(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()
    await expire(db, "jobs")

    assert await shop.outcomes.advance(claim) is False

    assert await shop.queue.claim_next("another") is None


async def test_a_worker_that_stops_lets_the_next_one_go_on_at_once(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    claim = await shop.claim("stopping")
    await shop.outcomes.advance(claim, state="running", external_id="work-1")

    await shop.outcomes.let_go(claim)

    adopted = await shop.claim("next")
    assert (adopted.job.id, adopted.adopted, adopted.job.external_id) == (job.id, True, "work-1")


async def test_a_success_that_cannot_be_written_down_changes_nothing(db: Database, shop: Shop, alice: User) -> None:
    """The rows of the result, the capture and the message stand or fall together."""
    await shop.job_of(alice)
    claim = await shop.claim()
    before = await everything(db)

    with pytest.raises(AttributeError):
        await shop.outcomes.succeed(claim, object())

    assert await everything(db) == before
