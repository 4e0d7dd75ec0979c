"""A message to 5,000 people, whose sender is killed twice in the middle, reaches each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess

import pytest
from sqlalchemy import insert, text

from services.broadcasts.broadcasts import Broadcasts, Content
from services.staff.rights import Actor, Role
from storage.database import Database
from storage.tables import User
from tests.support.database import ON_SQLITE, expire, rows
from tests.support.nursery import forks
from tests.worker.broadcasting import CountingTelegram, send_in_a_process

PEOPLE = 5_000
TEXT = "We can make films now."


async def crowd(db: Database) -> list[str]:
    """People and their chats, a third in each language."""
    chats = range(10_000, 10_000 + PEOPLE)
    people = [{"telegram_id": chat, "first_name": "P", "language": ("en", "es", "ru")[chat % 3]} for chat in chats]
    pockets = (
        "INSERT INTO accounts (user_id, kind, balance) SELECT users.id, kinds.kind, 0 FROM users, "
        "(SELECT 'available' AS kind UNION SELECT 'held' UNION SELECT 'debt') AS kinds WHERE telegram_id >= 10000"
    )
    async with db.transaction() as session:
        await session.execute(insert(User), people)
        await session.execute(text(pockets))
    return [str(chat) for chat in chats]


@pytest.fixture
def senders(db_url: str) -> Iterator[Callable[[str], ForkServerProcess]]:
    """Starts one; none of them outlives the test."""
    started: list[ForkServerProcess] = []

    def start(telegram: str) -> ForkServerProcess:
        started.append(forks().Process(target=send_in_a_process, args=(db_url, telegram), daemon=True))
        started[-1].start()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.join()


@ON_SQLITE
@pytest.mark.timeout(180)
async def test_killed_twice_in_the_middle_it_reaches_each_exactly_once(
    db: Database, senders: Callable[[str], ForkServerProcess], alice: User
) -> None:
    chats = await crowd(db)
    author = Actor(alice.id, Role.OWNER)
    broadcasts, telegram = Broadcasts(db), CountingTelegram(TEXT)
    drafted = (await broadcasts.draft(author, Content("text", TEXT))).broadcast
    assert (await broadcasts.start(author, drafted.id)).people == PEOPLE
    address = await telegram.open()

    for moment, arrives in ((PEOPLE // 3, True), (PEOPLE * 2 // 3, False)):
        first = senders(address)
        telegram.deaths[moment] = (arrives, first.kill)  # long before it comes to that
        await asyncio.to_thread(first.join, 60)
        assert first.exitcode == -9
        await expire(db, "leases", "until")
    last = senders(address)
    await asyncio.to_thread(last.join, 60)
    await telegram.close()

    assert last.exitcode == 0
    assert telegram.reached == dict.fromkeys(chats, 1)
    assert await rows(db, "SELECT state, count(*) FROM broadcast_recipients GROUP BY state") == [("sent", PEOPLE)]
    assert await rows(db, "SELECT state FROM broadcasts") == [("done",)]
