"""Stripe's events between the webhook and their handling: durable first, tried again, forgotten in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.card_ingest import CardIngest
from services.inbox import MAX_ATTEMPTS, Inbox
from services.payments.facts import STRIPE
from storage.database import Database
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.vendor import Vendor

pytestmark = ON_SQLITE

REFUND: dict[str, Any] = {"id": "re_1", "payment_intent": "pi_1", "amount": 100, "status": "succeeded"}
TOLD: dict[str, Any] = {"id": "evt_1", "type": "refund.created", "livemode": False, "data": {"object": REFUND}}
ASKED: dict[str, Any] = TOLD | {"id": "evt_2", "type": "charge.refunded"}
OPEN = "SELECT external_id, attempts FROM inbox WHERE handled_at IS NULL"


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path / "objects", Vendor())


@pytest.fixture
def inbox(db: Database) -> Inbox:
    return Inbox(db, STRIPE)


@pytest.fixture
def ingest(inbox: Inbox, shop: Shop) -> CardIngest:
    return CardIngest(inbox, shop.card_payments)


@asynccontextmanager
async def recovering(ingest: CardIngest) -> AsyncIterator[None]:
    task = asyncio.create_task(ingest.recover())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await ingest.drain()


async def until(db: Database, query: str, wanted: list[tuple[Any, ...]]) -> None:
    async with asyncio.timeout(10):
        while await rows(db, query) != wanted:  # noqa: ASYNC110 - the database sends no event
            await asyncio.sleep(0.01)


async def test_it_returns_when_an_event_is_durable_and_handles_it_then(db: Database, ingest: CardIngest) -> None:
    await ingest.receive(TOLD)
    assert await rows(db, "SELECT external_id FROM inbox") == [("evt_1",)]

    await ingest.drain()

    assert await rows(db, OPEN) == []
    assert await rows(db, "SELECT external_id, amount FROM reversals") == [("re_1", 100)]


async def test_what_an_earlier_process_left_is_taken_up(db: Database, inbox: Inbox, ingest: CardIngest) -> None:
    await inbox.store({"evt_1": TOLD})
    await expire(db, "inbox")

    async with recovering(ingest):
        await until(db, OPEN, [])

    assert await rows(db, "SELECT count(*) FROM reversals") == [(1,)]


async def test_while_the_vendor_is_away_an_event_waits_and_no_attempt_counts(
    db: Database, shop: Shop, ingest: CardIngest
) -> None:
    shop.card_counter.away = True
    await ingest.receive(ASKED)
    await ingest.drain()

    assert await rows(db, OPEN) == [("evt_2", 0)]


async def test_while_the_database_is_locked_an_event_waits_and_no_attempt_counts(
    db: Database, shop: Shop, ingest: CardIngest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: Any) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    with monkeypatch.context() as while_locked:
        while_locked.setattr(shop.card_payments, "handle", locked)
        await ingest.receive(TOLD)
        await ingest.drain()
    assert await rows(db, OPEN) == [("evt_1", 0)]

    await expire(db, "inbox")
    async with recovering(ingest):
        await until(db, OPEN, [])


async def test_an_event_that_cannot_be_read_is_put_aside_after_some_attempts(
    db: Database, inbox: Inbox, ingest: CardIngest
) -> None:
    await ingest.receive(TOLD | {"data": {"object": REFUND | {"amount": 1 << 62}}})
    await ingest.drain()
    assert await rows(db, OPEN) == [("evt_1", 1)]

    for attempts in range(2, MAX_ATTEMPTS + 1):
        await expire(db, "inbox")
        async with recovering(ingest):
            await until(db, OPEN, [("evt_1", attempts)])

    assert await inbox.put_aside() == []  # somebody may be at it still
    await expire(db, "inbox")
    assert await inbox.abandoned() == []
    assert [one.body["id"] for one in await inbox.put_aside()] == ["evt_1"]


async def test_a_database_that_is_away_does_not_end_the_looking(
    db: Database, inbox: Inbox, ingest: CardIngest, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandoned, looked = inbox.abandoned, asyncio.Event()

    async def away_once() -> Any:
        if not looked.is_set():
            looked.set()
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return await abandoned()

    await inbox.store({"evt_1": TOLD})
    await expire(db, "inbox")
    monkeypatch.setattr(inbox, "abandoned", away_once)
    monkeypatch.setattr("bot.intake.RECOVER_SECONDS", 0.01)

    async with recovering(ingest):
        await until(db, OPEN, [])


async def test_what_is_long_handled_is_forgotten_and_what_is_not_is_kept(
    db: Database, inbox: Inbox, ingest: CardIngest
) -> None:
    await inbox.store({"evt_1": TOLD, "evt_2": ASKED})
    await execute(db, f"UPDATE inbox SET received_at = datetime('now', '-{CardIngest.KEEP_DAYS + 1} days')")  # noqa: S608
    await execute(db, "UPDATE inbox SET handled_at = received_at WHERE external_id = 'evt_1'")

    async with recovering(ingest):
        await until(db, "SELECT external_id FROM inbox", [("evt_2",)])
