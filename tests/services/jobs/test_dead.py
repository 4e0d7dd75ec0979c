"""Dead letters: failures that are the house's to make good, once each."""

from __future__ import annotations

import asyncio

import pytest

from providers.base import FailureReason
from services.errors import CannotBeRetried, NotYours
from services.ledger import Balance
from storage.database import Database
from storage.tables import Job, User
from tests.services.jobs.steps import messages, run
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows
from tests.support.vendor import Vendor


async def dead(shop: Shop, user: User, reason: FailureReason = FailureReason.BUSY) -> Job:
    """A job that failed."""
    job = await shop.job_of(user)
    claim = await shop.claim()
    await shop.outcomes.fail(claim.job, claim.fence, reason)
    return job


async def listed(shop: Shop) -> list[int]:
    return [letter.job.id for letter in (await shop.dead.listed())[0]]


@ON_SQLITE
async def test_they_are_listed_newest_first_but_not_what_was_wrong_with_the_order(shop: Shop, alice: User) -> None:
    first = await dead(shop, alice)
    for reason in (FailureReason.REFUSED, FailureReason.BAD_INPUT):
        await dead(shop, alice, reason)
    second = await dead(shop, alice, FailureReason.TIMED_OUT)
    await shop.take_of(alice)

    assert await listed(shop) == [second.id, first.id]
    assert {letter.user.id for letter in (await shop.dead.listed())[0]} == {alice.id}


@ON_SQLITE
async def test_they_come_a_page_at_a_time(shop: Shop, alice: User) -> None:
    for _ in range(7):
        await dead(shop, alice)

    (first, total), (second, _) = await shop.dead.listed(0), await shop.dead.listed(1)

    assert (len(first), len(second), total) == (5, 2, 7)


async def test_a_retry_costs_its_owner_nothing_and_brings_the_clip(db: Database, shop: Shop, alice: User) -> None:
    failed = await dead(shop, alice)

    made = await shop.dead.retry(await shop.boss(), failed.id)

    assert (made.retry_of, made.params, made.price) == (failed.id, failed.params, failed.price)
    assert shop.woken.jobs[-1] == made.id
    assert await shop.wallet.balance(alice.id) == Balance(10, 2)
    assert await run(shop) == made.id
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
    assert await messages(db) == ["clip_failed", "clip_ready"]
    assert await listed(shop) == []
    history = (await shop.wallet.statement(alice.id)).entries
    assert [(one.kind, one.amount) for one in history] == [("generation", -2), ("admin", 2), ("signup", 10)]


async def test_fifty_taps_are_one_retry(db: Database, shop: Shop, alice: User) -> None:
    failed = await dead(shop, alice)

    boss = await shop.boss()
    said = await asyncio.gather(*(shop.dead.retry(boss, failed.id) for _ in range(50)), return_exceptions=True)

    assert sum(isinstance(one, Job) for one in said) == 1
    assert {type(one) for one in said} == {Job, CannotBeRetried}
    assert await shop.wallet.balance(alice.id) == Balance(10, 2)


@ON_SQLITE
async def test_what_is_no_dead_letter_cannot_be_retried(shop: Shop, alice: User) -> None:
    refused = await dead(shop, alice, FailureReason.REFUSED)
    take = await shop.take_of(alice)

    for job_id in (refused.id, take.job_id):
        with pytest.raises(CannotBeRetried):
            await shop.dead.retry(await shop.boss(), job_id)
    with pytest.raises(NotYours):
        await shop.dead.retry(await shop.boss(), 999)
    assert await shop.wallet.balance(alice.id) == Balance(8, 0)


@ON_SQLITE
async def test_while_its_owner_has_another_of_it_made_it_waits(db: Database, shop: Shop, alice: User) -> None:
    failed = await dead(shop, alice)
    await shop.ordering.generate(alice.id, failed.draft_id or 0, 1)

    with pytest.raises(CannotBeRetried):
        await shop.dead.retry(await shop.boss(), failed.id)
    assert await rows(db, "SELECT id FROM transfers WHERE kind = 'admin'") == []


@ON_SQLITE
async def test_where_its_vendor_is_gone_another_makes_it(
    shop: Shop, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = await dead(shop, alice)
    monkeypatch.setattr(shop.dead, "_catalogue", type(shop.catalogue)([Vendor(name="newcomer")]))

    assert (await shop.dead.retry(await shop.boss(), failed.id)).provider == "newcomer"


@ON_SQLITE
async def test_a_retry_that_fails_can_be_retried_and_leaves_its_owner_the_credits(shop: Shop, alice: User) -> None:
    await shop.dead.retry(await shop.boss(), (await dead(shop, alice)).id)
    claim = await shop.claim()
    await shop.outcomes.fail(claim.job, claim.fence, FailureReason.BUSY)

    assert await shop.wallet.balance(alice.id) == Balance(12, 0)
    assert await listed(shop) == [claim.job.id]


@ON_SQLITE
async def test_the_overview_counts_them_and_what_waits(shop: Shop, alice: User) -> None:
    await dead(shop, alice)
    await shop.job_of(alice)

    seen = await shop.dead.overview()

    assert seen.counts == {"failed": 1, "queued": 1}
    assert (seen.dead, seen.oldest_waiting_s is not None) == (1, True)
