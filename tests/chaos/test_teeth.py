"""The tests have teeth: ten bugs this design is there to prevent are seeded, one at a time, and each is caught.

A bug is a patch that lives in this file and for one test only; the check it must fail passes without it.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import CursorResult, false, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ingest import Ingest
from providers.base import ClipRequest
from services import ledger, ordering
from services.errors import NotEnoughCredits
from services.jobs import outcome, queue, states
from services.jobs.clip import ClipKind
from services.jobs.outcome import LeaseLost, Outcomes
from services.jobs.queue import Claim
from services.payments import settle
from services.payments.cards import CardPayments
from services.payments.facts import Problem
from storage.database import Database
from storage.tables import Account, Draft, Job, User
from tests.chaos import checks
from tests.chaos.checks import Check, Ground
from tests.support.builders import Shop

Patch = pytest.MonkeyPatch
Seed = Callable[[Ground, Patch], Awaitable[None] | None]


def delete_on_dequeue(_on: Ground, patch: Patch) -> None:
    """Whoever takes a job out of the queue has the only copy: what somebody else had is never found again."""
    patch.setattr(queue, "_NEXT_ABANDONED", queue._NEXT_ABANDONED.where(false()))


def no_token(_on: Ground, patch: Patch) -> None:
    """Each submission is a new one to the vendor."""
    real = ClipKind.request

    async def request(kind: ClipKind, job: Job) -> ClipRequest:
        job.submission_token = secrets.token_hex(16)
        return await real(kind, job)

    patch.setattr(ClipKind, "request", request)


def no_fence(_on: Ground, patch: Patch) -> None:
    async def write(session: AsyncSession, job_id: int, _claimed: int, /, **values: Any) -> None:
        live = (Job.id == job_id) & Job.state.not_in(states.TERMINAL)
        result: Any = await session.execute(update(Job).where(live).values(**values))
        if result.rowcount != 1:
            raise LeaseLost(f"job {job_id}")

    patch.setattr(outcome, "_write", write)


def split_transaction(_on: Ground, patch: Patch) -> None:
    """First the job ends, and then the credits are captured."""

    async def succeed(outcomes: Outcomes, claim: Claim, accepted: Any) -> None:
        job = claim.job
        async with outcomes._db.transaction() as session:
            await outcome._end(session, job.id, claim.fence, states.SUCCEEDED, progress=1.0)
        async with outcomes._db.transaction() as session:
            assert job.hold_id is not None
            await ledger.capture(session, job.hold_id, job.charge)
            await outcomes._kinds[job.kind].keep(session, job, accepted)

    patch.setattr(Outcomes, "succeed", succeed)


async def missing_unique(on: Ground, _patch: Patch) -> None:
    """The inbox's table is made anew without the constraint."""
    async with on.db.transaction() as session:
        made = "SELECT sql FROM sqlite_master WHERE name = 'inbox'"
        table = str((await session.execute(text(made))).scalar_one())
        without = re.sub(r",\s*CONSTRAINT \w+ UNIQUE \([^)]*\)", "", table)
        assert without != table
        await session.execute(text("DROP TABLE inbox"))
        await session.execute(text(without))


def ack_before_save(_on: Ground, patch: Patch) -> None:
    """What could not be stored is acknowledged all the same."""
    real = Ingest.receive

    async def receive(ingest: Ingest, updates: list[dict[str, Any]]) -> None:
        with suppress(SQLAlchemyError):
            await real(ingest, updates)

    patch.setattr(Ingest, "receive", receive)


def read_then_write(_on: Ground, patch: Patch) -> None:
    """Whether there is enough is decided by what was read, and what is written follows from it."""
    readers, overlap = 0, asyncio.Event()

    async def transfer(
        session: AsyncSession,
        key: str,
        kind: str,
        user_id: int,
        source: int,
        target: int,
        amount: int,
        hold_id: int | None = None,
    ) -> bool:
        row = {"key": key, "kind": kind, "user_id": user_id, "source_id": source, "target_id": target}
        made = await session.execute(ledger._NEW_TRANSFER["postgresql"], row | {"amount": amount, "hold_id": hold_id})
        if made.first() is None:
            return False
        read = await session.execute(select(Account.id, Account.balance).where(Account.id.in_((source, target))))
        balances: dict[int, int] = dict(read.all())
        nonlocal readers
        readers += 1
        if readers > 2:
            overlap.set()
        if readers > 1:  # all others wait for the first one, which opens the house's account
            await overlap.wait()  # who has read writes nothing before somebody else has
        if balances[source] < amount:
            raise NotEnoughCredits(needed=amount, available=balances[source])
        for account, now in ((source, balances[source] - amount), (target, balances[target] + amount)):
            written: CursorResult[Any] | Any = await session.execute(
                update(Account).where(Account.id == account).values(balance=now)
            )
            assert written.rowcount == 1
        return True

    unlocked = ledger._LOCK_ONE.with_for_update(read=True, key_share=True)
    patch.setattr(ledger, "_LOCK_ONE", unlocked)
    patch.setattr(ledger, "_transfer", transfer)


def no_live_mode_check(_on: Ground, patch: Patch) -> None:
    real = CardPayments._record

    async def record(cards: CardPayments, session: AsyncSession, facts: Any, **_: Any) -> list[str]:
        return await real(cards, session, facts)

    patch.setattr(CardPayments, "_record", record)


def no_amount_check(_on: Ground, patch: Patch) -> None:
    real = settle._match

    async def match(session: AsyncSession, charge: Any) -> Any:
        order, problem = await real(session, charge)
        return order, None if problem is Problem.WRONG_AMOUNT else problem

    patch.setattr(settle, "_match", match)


def no_owner_check(_on: Ground, patch: Patch) -> None:
    async def anybodys(session: AsyncSession, _user_id: int, draft_id: int, **_: Any) -> Draft:
        return await session.get_one(Draft, draft_id)

    patch.setattr(ordering, "owned_draft", anybodys)


@dataclass(frozen=True, slots=True)
class Bug:
    seed: Seed
    caught_by: Check
    engine: str = "sqlite"


BUGS = (
    Bug(delete_on_dequeue, checks.a_dead_workers_job_is_done),
    Bug(no_token, checks.the_vendor_is_paid_once),
    Bug(no_fence, checks.a_zombie_writes_nothing),
    Bug(split_transaction, checks.a_job_ends_in_one_transaction),
    Bug(missing_unique, checks.an_update_is_taken_in_once),
    Bug(ack_before_save, checks.what_is_not_stored_is_not_acknowledged),
    # SQLite lets one write at a time, from its first read on: there nothing can come between.
    Bug(read_then_write, checks.holds_that_race_for_the_last_credits_take_each_once, "postgresql"),
    Bug(no_live_mode_check, checks.money_of_a_test_buys_nothing_where_real_money_is_taken),
    Bug(no_amount_check, checks.less_than_the_price_buys_nothing),
    Bug(no_owner_check, checks.nobody_generates_with_anothers_draft),
)
EACH = pytest.mark.parametrize(
    ("db_url", "bug"),
    [pytest.param(bug.engine, bug, id=bug.seed.__name__) for bug in BUGS],
    indirect=["db_url"],
)


@pytest.fixture
def on(db: Database, db_url: str, shop: Shop, alice: User, bob: User) -> Ground:
    return Ground(db, db_url, shop, alice, bob)


@EACH
async def test_the_product_keeps_the_promise(on: Ground, bug: Bug) -> None:
    await bug.caught_by(on)


@EACH
async def test_the_bug_is_caught(on: Ground, bug: Bug, monkeypatch: Patch) -> None:
    seeded = bug.seed(on, monkeypatch)
    if inspect.isawaitable(seeded):
        await seeded

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await bug.caught_by(on)
