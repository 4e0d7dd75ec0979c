"""The engine, its sessions and their transactions, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

SQLITE_BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up with "database is locked"."""


class Database:
    """One engine a process. Open `transaction()` to change things and `reading()` to look.

    Neither stays open across a call to the outside world: the writer lock of SQLite and the row locks of PostgreSQL
    would be held as long as a stranger likes.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._write = async_sessionmaker(self.engine, expire_on_commit=False)
        reader = self.engine.execution_options(sqlite_begin="DEFERRED")
        self._read = async_sessionmaker(reader, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A use case: commits at the end, rolls back on any error."""
        async with self._write() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A consistent look that takes no writer lock; whatever it changed is thrown away."""
        async with self._read() as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def _engine(url: str) -> AsyncEngine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed, connect_args={"timeout": SQLITE_BUSY_SECONDS}, pool_size=10, max_overflow=20)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _let_go_of_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own habit of opening transactions late lets two readers both decide to write: a lost update.
    # Without it we say BEGIN ourselves, in `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the writer lock before the first read, so nobody can change what a decision was read from.
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _let_go_of_sqlite(connection: Any, _record: Any, _error: BaseException | None) -> None:
    # A statement cancelled half-way costs its connection. Closing that is not enough: SQLite keeps a closed connection,
    # and its writer lock, for as long as a cursor lives, and the traceback of the cancellation has the cursor.
    if in_greenlet():
        with contextlib.suppress(asyncio.CancelledError, sqlite3.Error):  # a second cancellation; the close comes next
            connection.rollback()
