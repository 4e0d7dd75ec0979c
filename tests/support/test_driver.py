"""Without the driver's thread, things still happen side by side."""

from __future__ import annotations

import asyncio
import threading

from sqlalchemy import text

from storage.database import Database
from tests.support.database import ON_SQLITE


@ON_SQLITE
async def test_others_go_on_after_each_statement(db: Database) -> None:
    seen = ""
    both = asyncio.Barrier(2)

    async def ask(name: str) -> None:
        nonlocal seen
        async with db.reading() as session:
            await session.execute(text("SELECT 1"))  # the first one connects, which takes a while
            await both.wait()
            for _ in range(3):
                await session.execute(text("SELECT 1"))
                seen += name

    await asyncio.gather(ask("a"), ask("b"))
    assert seen in ("ababab", "bababa")


@ON_SQLITE
async def test_there_is_no_thread(db: Database) -> None:
    before = set(threading.enumerate())
    async with db.reading() as session:
        await session.execute(text("SELECT 1"))
        assert set(threading.enumerate()) <= before
