"""Messages go out at least once, whoever dies; and a pump goes on, whatever happens to the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError

from conversation.notifier import Notifier
from services import outbox
from services.outbox import Message, Outbox
from storage.database import Database
from storage.tables import User
from tests.support.database import ON_SQLITE, expire, rows
from worker import outbox_pump
from worker.outbox_pump import OutboxPump


class Killed(BaseException):
    """kill -9: nobody writes anything after it."""


class Post:
    """A notifier that remembers what it sent. `dies`: in the middle of the next message, before or after it went."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.came = asyncio.Event()
        self.dies: str | None = None

    async def deliver(self, message: Message) -> None:
        dies, self.dies = self.dies, None
        if dies == "before":
            raise Killed
        self.sent.append(message.id)
        self.came.set()
        if dies == "after":
            raise Killed


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(outbox_pump, "IDLE_SECONDS", 0.01)
    return Post()


@asynccontextmanager
async def pumping(db: Database, post: Post) -> AsyncIterator[None]:
    task = asyncio.create_task(OutboxPump(Outbox(db), cast("Notifier", post)).run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def written(db: Database, user: User) -> None:
    async with db.transaction() as session:
        await outbox.put(session, key="clip_failed:1", user_id=user.id, kind="clip_failed", payload={})


async def states(db: Database, wanted: str) -> None:
    async with asyncio.timeout(20):
        while await rows(db, "SELECT state FROM outbox") != [(wanted,)]:  # noqa: ASYNC110 - only the row tells
            await asyncio.sleep(0.01)


async def test_a_message_that_is_on_its_way_when_the_worker_stops_is_seen_to_its_end(
    db: Database, post: Post, alice: User
) -> None:
    await written(db, alice)
    box = Outbox(db)
    marking, let = asyncio.Event(), asyncio.Event()

    async def mark_sent(message: Message) -> None:
        marking.set()
        await let.wait()
        await Outbox.mark_sent(box, message)

    box.mark_sent = mark_sent  # type: ignore[method-assign]
    pump = asyncio.create_task(OutboxPump(box, cast("Notifier", post)).run())
    await asyncio.wait_for(marking.wait(), 10)
    pump.cancel()
    await asyncio.sleep(0)
    let.set()
    await asyncio.gather(pump, return_exceptions=True)

    assert await rows(db, "SELECT state FROM outbox") == [("sent",)]


async def test_a_message_is_sent_once_and_marked(db: Database, post: Post, alice: User) -> None:
    await written(db, alice)

    async with pumping(db, post):
        await states(db, "sent")

    assert len(post.sent) == 1


@ON_SQLITE
@pytest.mark.parametrize(("moment", "copies"), [("before", 1), ("after", 2)])
async def test_killed_around_the_sending_it_goes_out_with_at_most_one_duplicate(
    db: Database, post: Post, alice: User, moment: str, copies: int
) -> None:
    await written(db, alice)
    post.dies = moment
    (message,) = await Outbox(db).claim()
    with pytest.raises(Killed):
        await post.deliver(message)
    await expire(db, "outbox")

    async with pumping(db, post):
        await states(db, "sent")

    assert len(post.sent) == copies


async def test_a_message_under_way_is_not_taken_by_another_pump(db: Database, post: Post, alice: User) -> None:
    await written(db, alice)
    assert len(await Outbox(db).claim()) == 1

    assert await Outbox(db).claim() == []


@ON_SQLITE
async def test_a_database_that_is_away_for_a_while_does_not_stop_the_pump(
    db: Database, post: Post, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = Outbox.claim

    async def locked_once(*arguments: Any) -> Any:
        monkeypatch.setattr(Outbox, "claim", claim)
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(Outbox, "claim", locked_once)
    await written(db, alice)

    async with pumping(db, post):
        await states(db, "sent")

    assert len(post.sent) == 1
