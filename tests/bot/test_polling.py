"""Polling and the way in: stored before acknowledged, each once, and no update can block the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.types import Message
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.exc import OperationalError

from bot.ingest import Ingest
from bot.polling import Poller
from services.inbox import Inbox
from storage import migrate
from storage.database import Database
from tests.support.person import eventually

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"
POISON = {"update_id": 2, "message": {"message_id": "not a number", "date": [], "chat": 7}}


def update(number: int, text: str, person: int = 1) -> dict[str, Any]:
    sender = {"id": person, "is_bot": False, "first_name": "Alice"}
    chat = {"id": person, "type": "private", "first_name": "Alice"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


class FakeTelegram:
    """Answers getUpdates from a script, then waits; records the offsets it was asked with."""

    def __init__(self) -> None:
        self.script: list[Any] = []
        self.offsets: list[int] = []
        self.exhausted = asyncio.Event()

    async def get_updates(self, request: web.Request) -> web.StreamResponse:
        self.offsets.append((await request.json())["offset"])
        if not self.script:
            self.exhausted.set()
            await asyncio.Event().wait()
        answer = self.script.pop(0)
        if isinstance(answer, web.Response):
            return answer
        return web.json_response({"ok": True, "result": answer})


class Handled:
    """A dispatcher whose one handler writes down the texts it saw; `fails` is how often it fails first."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fails = 0
        router = Router()
        router.message(F.text)(self.on_text)
        self.dispatcher = Dispatcher(disable_fsm=True)
        self.dispatcher.include_router(router)

    async def on_text(self, message: Message) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("a fault of ours")
        self.texts.append(str(message.text))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    await asyncio.to_thread(migrate.upgrade, url)
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
def handled() -> Handled:
    return Handled()


@pytest.fixture
async def ingest(db: Database, handled: Handled) -> AsyncIterator[Ingest]:
    bot = Bot(TOKEN)
    made = Ingest(Inbox(db, "telegram:123456"), handled.dispatcher, bot)
    yield made
    await made.drain()
    await bot.session.close()


async def polled(ingest: Ingest, telegram: FakeTelegram) -> None:
    """Poll until the script is used up, and everything taken in is handled."""
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/getUpdates", telegram.get_updates)
    async with TestServer(app) as server:
        poller = asyncio.create_task(Poller(str(server.make_url(f"/bot{TOKEN}")), ingest).run())
        await asyncio.wait_for(telegram.exhausted.wait(), 20)
        await ingest.drain()
        poller.cancel()
        await asyncio.gather(poller, return_exceptions=True)


async def test_updates_are_handled_in_order_and_acknowledged_by_the_next_offset(
    ingest: Ingest, handled: Handled
) -> None:
    telegram = FakeTelegram()
    telegram.script = [[update(1, "a"), update(2, "b")], [update(3, "c")]]
    await polled(ingest, telegram)
    assert handled.texts == ["a", "b", "c"]
    assert telegram.offsets == [0, 3, 4]


async def test_an_update_nobody_can_read_does_not_block_the_next(ingest: Ingest, handled: Handled) -> None:
    telegram = FakeTelegram()
    telegram.script = [[update(1, "a"), POISON, update(3, "c")], [update(4, "d")]]
    await polled(ingest, telegram)
    assert handled.texts == ["a", "c", "d"]


async def test_a_redelivered_update_is_handled_once(ingest: Ingest, handled: Handled) -> None:
    telegram = FakeTelegram()
    telegram.script = [[update(1, "a")], [update(1, "a"), update(2, "b")], [update(2, "b")]]
    await polled(ingest, telegram)
    assert handled.texts == ["a", "b"]


async def test_the_same_update_fifty_times_at_once_is_handled_once(ingest: Ingest, handled: Handled) -> None:
    await asyncio.gather(*(ingest.receive([update(7, "only once")]) for _ in range(50)))
    await ingest.drain()
    assert handled.texts == ["only once"]


@pytest.mark.parametrize(
    "refusal",
    [
        web.json_response({"ok": False, "error_code": 409, "description": "Conflict"}, status=409),
        web.json_response(
            {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 1}},
            status=429,
        ),
        web.Response(text="<html>Bad Gateway</html>", status=502, content_type="text/html"),
    ],
    ids=["409", "429", "html"],
)
async def test_a_refusal_is_waited_out(ingest: Ingest, handled: Handled, refusal: web.Response) -> None:
    telegram = FakeTelegram()
    telegram.script = [refusal, [update(1, "after")]]
    await polled(ingest, telegram)
    assert handled.texts == ["after"]


async def test_a_database_that_takes_nothing_is_waited_out_and_nothing_is_lost(
    ingest: Ingest, handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, refused = Inbox.store, OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    async def locked_once(*arguments: Any) -> Any:
        monkeypatch.setattr(Inbox, "store", store)
        raise refused

    monkeypatch.setattr(Inbox, "store", locked_once)
    telegram = FakeTelegram()
    telegram.script = [[update(1, "a")], [update(1, "a"), update(2, "b")]]
    await polled(ingest, telegram)
    assert handled.texts == ["a", "b"]
    assert telegram.offsets == [0, 0, 3]


async def test_an_update_that_cannot_be_marked_does_not_hold_up_the_next_of_its_sender(
    ingest: Ingest, handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = Inbox.mark_handled

    async def locked_once(*_: Any) -> Any:
        monkeypatch.setattr(Inbox, "mark_handled", mark)
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(Inbox, "mark_handled", locked_once)
    await ingest.receive([update(1, "a"), update(2, "b")])
    await ingest.drain()
    assert handled.texts == ["a", "b"]


async def test_what_a_dead_process_left_is_taken_up(db: Database, ingest: Ingest, handled: Handled) -> None:
    died = Inbox(db, "telegram:123456")
    await died.store({"1": update(1, "left behind")})
    async with db.transaction() as session:
        from sqlalchemy import text

        await session.execute(text("UPDATE inbox SET lease_until = '2020-01-01 00:00:00.000000'"))
    recovering = asyncio.create_task(ingest.recover())
    await eventually(lambda: handled.texts, "what was left behind")
    recovering.cancel()
    assert handled.texts == ["left behind"]
