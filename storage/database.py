"""The engine, its sessions and their transactions, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.util.concurrency import await_only, in_greenlet

from storage import one_turn

SQLITE_BUSY_SECONDS = 30.0
"""How long a writer waits for another one before it gives up with "database is locked"."""
SQLITE_ASK_SECONDS = 0.25
"""How long SQLite itself waits at a time. It cannot be interrupted meanwhile, and asks more and more rarely."""
CLOSE_SECONDS = 2.0
CLOSE_LOOK_SECONDS = 0.01
SQLITE_PAUSE_SECONDS = 0.02
"""The longest pause before it is asked again."""
SQLITE_READER_KB = 256
"""What each connection that only reads keeps of the file in memory. SQLite would keep 2 MB."""


class Database:
    """One engine a process. Open `transaction()` to change things and `reading()` to look.

    Neither stays open across a call to the outside world: the writer lock of SQLite and the row locks of PostgreSQL
    would be held as long as a stranger likes.
    """

    def __init__(self, url: str) -> None:
        self.engine, self._reader = _engines(url)
        """Of those who change things."""
        self._write = async_sessionmaker(self.engine, expire_on_commit=False)
        self._read = async_sessionmaker(self._reader, expire_on_commit=False)
        self._line = asyncio.Lock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A use case: commits at the end, rolls back on any error."""
        async with self._turn(), self._write() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent look that takes no writer lock; whatever it changed is thrown away."""
        async with self._read() as session:
            yield session

    @property
    def _in_use(self) -> int:
        """How many connections are out."""
        pools = {self.engine.pool, self._reader.pool}
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """SQLite has one writer at a time in any case. Those of one process stand in line, first come first served, so
        that only processes race for the file. Raises sqlalchemy's TimeoutError for who stood there too long.
        """
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(SQLITE_BUSY_SECONDS):
                await self._line.acquire()
        except TimeoutError:
            raise WaitedTooLong("database is locked: others of this process wait for it, too") from None
        try:
            yield
        finally:
            self._line.release()

    async def close(self) -> None:
        """Whoever is in the middle of something has a moment to end it: cut off, they would leave a traceback."""
        until = time.monotonic() + CLOSE_SECONDS
        while self._in_use and time.monotonic() < until:  # noqa: ASYNC110 - a pool says nothing when one comes back
            await asyncio.sleep(CLOSE_LOOK_SECONDS)
        await self.engine.dispose()
        await self._reader.dispose()


def _engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """For writing, and for reading."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        both = create_async_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)
        return both, both
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    asks = min(SQLITE_ASK_SECONDS, SQLITE_BUSY_SECONDS)
    reader = _sqlite(parsed, _begin_reading, SQLITE_BUSY_SECONDS)
    event.listen(reader.sync_engine, "connect", _keep_little)
    return _sqlite(parsed, _begin_writing, asks), reader


def _sqlite(url: URL, begin: Callable[[Connection], None], busy_s: float) -> AsyncEngine:
    reached = {"timeout": SQLITE_BUSY_SECONDS, "async_creator_fn": one_turn.connect}
    engine = create_async_engine(url, connect_args=reached, pool_size=10, max_overflow=20)
    event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, busy_s))
    event.listen(engine.sync_engine, "begin", begin)
    event.listen(engine.sync_engine, "invalidate", _let_go_of_sqlite)
    return engine


def _prepare_sqlite(busy_s: float, connection: Any, _record: Any) -> None:
    # The driver's own habit of opening transactions late lets two readers both decide to write: a lost update.
    # Without it we say BEGIN ourselves, in `_begin_writing`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={busy_s * 1000:.0f}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_little(connection: Any, _record: Any) -> None:
    # Many read at once, and each would keep the same pages, which the system keeps for all of them.
    connection.cursor().execute(f"PRAGMA cache_size=-{SQLITE_READER_KB}")


def _begin_writing(connection: Connection) -> None:
    """Take the writer lock before the first read, so that nobody can change what a decision was read from.

    It is asked for many times, a moment at a time: whoever is cancelled meanwhile (a worker that stops) lets go at
    once, and of several processes none is left behind for having waited the longest.
    """
    until = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if not _is_busy(error) or time.monotonic() >= until:
                raise
        else:
            return
        await_only(asyncio.sleep(random.uniform(0.0, SQLITE_PAUSE_SECONDS)))  # noqa: S311 - jitter, no secret


def _begin_reading(connection: Connection) -> None:
    cast("one_turn.Connection", connection.connection.driver_connection).begin_reading()


def _is_busy(error: OperationalError) -> bool:
    # The lowest byte is the error, what is above it tells more of it.
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _let_go_of_sqlite(connection: Any, _record: Any, _error: BaseException | None) -> None:
    # A statement cancelled half-way costs its connection. Closing that is not enough: SQLite keeps a closed connection,
    # and its writer lock, for as long as a cursor lives, and the traceback of the cancellation has the cursor.
    if in_greenlet():
        with contextlib.suppress(asyncio.CancelledError, sqlite3.Error):  # a second cancellation; the close comes next
            connection.rollback()
