"""Transactions hold what they promise, and SQLite is set up as money needs it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage import database as module
from storage.clock import now_plus
from storage.database import Database
from storage.tables import Lease
from tests.support.database import ON_POSTGRES, ON_SQLITE, execute, rows
from tests.support.processes import at_once
from tests.support.racers import take_ten

DRIVER_WITH_ITS_THREAD = True


async def pragma(db: Database, name: str) -> object:
    async with db.reading() as session:
        return (await session.execute(text(f"PRAGMA {name}"))).scalar_one()


async def leases(db: Database) -> list[str]:
    return [name for (name,) in await rows(db, "SELECT name FROM leases ORDER BY name")]


async def test_a_transaction_commits_at_its_end(db: Database) -> None:
    async with db.transaction() as session:
        session.add(Lease(name="kept", owner="", until=now_plus(1)))

    assert await leases(db) == ["kept"]


async def test_a_transaction_rolls_back_on_any_error(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as session:
            session.add(Lease(name="lost", owner="", until=now_plus(1)))
            await session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await fail()

    assert await leases(db) == []


async def test_a_cancelled_transaction_leaves_nothing_and_no_lock(db: Database) -> None:
    inside = asyncio.Event()

    async def dawdle() -> None:
        async with db.transaction() as session:
            session.add(Lease(name="lost", owner="", until=now_plus(1)))
            await session.flush()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(dawdle())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await test_a_transaction_commits_at_its_end(db)


async def test_a_transaction_cancelled_in_the_middle_of_a_statement_leaves_no_lock(
    db: Database, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even while the cancellation is being handled, as a worker that stops does to hand its job over."""
    monkeypatch.setattr(module, "SQLITE_BUSY_SECONDS", 0.5)
    impatient = Database(db_url)
    busy = asyncio.Event()
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n"

    async def work() -> None:
        try:
            async with impatient.transaction() as session:
                session.add(Lease(name="lost", owner="", until=now_plus(1)))
                await session.flush()
                busy.set()
                await session.execute(text(count))
        except asyncio.CancelledError:
            await test_a_transaction_commits_at_its_end(impatient)
            raise

    task = asyncio.create_task(work())
    await busy.wait()
    await asyncio.sleep(0.005)  # some moment inside the statement; whichever it is, the lock must go
    task.cancel()
    (end,) = await asyncio.gather(task, return_exceptions=True)
    await impatient.close()

    assert isinstance(end, asyncio.CancelledError)
    assert await leases(db) == ["kept"]


async def test_what_a_reader_changes_is_thrown_away(db: Database) -> None:
    async with db.reading() as session:
        session.add(Lease(name="lost", owner="", until=now_plus(1)))
        await session.flush()

    assert await leases(db) == []


async def test_rows_can_be_read_after_their_transaction(db: Database) -> None:
    async with db.transaction() as session:
        lease = Lease(name="kept", owner="me", until=now_plus(1))
        session.add(lease)

    assert lease.owner == "me"


@ON_SQLITE
async def test_sqlite_is_durable_and_minds_references(db: Database) -> None:
    assert await pragma(db, "journal_mode") == "wal"
    assert await pragma(db, "foreign_keys") == 1
    assert await pragma(db, "synchronous") == 2  # FULL

    with pytest.raises(IntegrityError):
        async with db.transaction() as session:
            await session.execute(text("INSERT INTO accounts (user_id, kind, balance) VALUES (404, 'held', 0)"))


@ON_SQLITE
async def test_a_reader_takes_no_lock_and_sees_one_moment(db: Database) -> None:
    async with db.reading() as reader:
        assert (await reader.scalars(select(Lease))).all() == []
        await asyncio.wait_for(test_a_transaction_commits_at_its_end(db), 5)
        assert (await reader.scalars(select(Lease))).all() == []


@ON_SQLITE
async def test_a_writer_waits_for_another_and_gives_up_with_nothing_done(
    db: Database, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SQLITE_BUSY_SECONDS", 0.05)
    impatient = Database(db_url)
    async with db.transaction() as session:
        session.add(Lease(name="first", owner="", until=now_plus(1)))
        await session.flush()
        with pytest.raises(OperationalError, match="locked"):
            async with impatient.transaction() as late:
                late.add(Lease(name="late", owner="", until=now_plus(1)))
    await impatient.close()

    assert await leases(db) == ["first"]


@ON_SQLITE
async def test_whoever_is_cancelled_while_waiting_for_another_writer_lets_go_at_once(db: Database, db_url: str) -> None:
    """A worker that is asked to stop has 25 seconds, and somebody else may keep the lock for longer."""

    async def write() -> None:
        async with db.transaction() as session:
            session.add(Lease(name="late", owner="", until=now_plus(1)))

    await execute(db, "DELETE FROM leases")  # the first to write makes it a database with a write-ahead log
    with closing(sqlite3.connect(db_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first, behind = asyncio.create_task(write()), asyncio.create_task(write())
        await asyncio.sleep(0.05)  # the first is asking for the lock, the other stands behind it
        for task in (first, behind):
            task.cancel()
        done, _ = await asyncio.wait([first, behind], timeout=module.SQLITE_BUSY_SECONDS / 2)
        other.execute("ROLLBACK")

    assert [task.cancelled() for task in done] == [True, True]
    await test_a_transaction_commits_at_its_end(db)


@ON_SQLITE
async def test_writers_of_one_process_come_in_the_order_in_which_they_asked(db: Database) -> None:
    async def write(number: int) -> None:
        async with db.transaction() as session:
            session.add(Lease(name=f"{number:02}", owner="", until=now_plus(1)))
            await session.flush()
            came.append(number)

    came: list[int] = []
    await asyncio.gather(*(write(number) for number in range(20)))

    assert came == list(range(20))


async def test_it_makes_the_folder_of_a_new_database(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'var' / 'deep' / 'echoes.db'}")

    assert await rows(db, "SELECT 1") == [(1,)]
    await db.close()


async def fill_purse(db: Database, coins: int) -> None:
    async with db.transaction() as session:
        session.add(Lease(name="purse", owner=str(coins), until=now_plus(1)))


async def test_reading_then_writing_cannot_overspend_in_one_process(db: Database, db_url: str) -> None:
    await fill_purse(db, 15)

    taken = await asyncio.gather(*(take_ten(db_url) for _ in range(4)))

    assert sum(taken) == 15
    assert await rows(db, "SELECT owner FROM leases") == [("0",)]


async def test_reading_then_writing_cannot_overspend_between_processes(db: Database, db_url: str) -> None:
    await fill_purse(db, 15)

    taken = await asyncio.to_thread(at_once, take_ten, [(db_url,)] * 4)

    assert sum(taken) == 15
    assert await rows(db, "SELECT owner FROM leases") == [("0",)]


@ON_POSTGRES
async def test_a_connection_that_died_is_replaced(db: Database) -> None:
    mine = (await rows(db, "SELECT pg_backend_pid()"))[0][0]
    other = Database(db.engine.url.render_as_string(hide_password=False))
    await rows(other, f"SELECT pg_terminate_backend({mine}, 5000)")
    await other.close()

    assert await rows(db, "SELECT 1") == [(1,)]
