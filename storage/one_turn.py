"""SQLite in a thread of its own, where a statement takes one turn of the thread.

aiosqlite gives the thread four things to do for a statement, one after the other: make a cursor, execute, fetch, close.
Between two of them the loop sees to everything else it has to do, and while it does, the thread waits for the
interpreter: with much under way a statement took four times as long, and a third of the processor's time was turns.
SQLAlchemy wants all rows in any case.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Self

import aiosqlite

_BEGIN: Final = "BEGIN DEFERRED"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a statement left behind, as sqlite3's cursors tell it."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    rows: list[Any] = field(default_factory=list)


class Cursor:
    """What SQLAlchemy asks of a cursor of aiosqlite's, and no more: no rows one by one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ran = Ran()
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Any:
        return self._ran.description

    @property
    def rowcount(self) -> int:
        return self._ran.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._ran.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        begin = self._connection.to_begin()
        self._ran = await self._connection.run(partial(_execute, sql=sql, parameters=parameters, begin=begin))
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        begin = self._connection.to_begin()
        self._ran = await self._connection.run(partial(_execute_many, sql=sql, parameters=parameters, begin=begin))
        return self

    async def fetchall(self) -> list[Any]:
        return self._ran.rows

    async def close(self) -> None:
        """It is closed since its statement ran."""


class Connection(aiosqlite.Connection):
    _begins = False
    """The next statement is the first one of a transaction that only reads."""
    _settled = False
    """Nothing ran since the last commit or rollback: SQLAlchemy's pool rolls back once more what comes back to it."""

    def begin_reading(self) -> None:
        """Begin a transaction in the turn of its first statement: until then there is nothing to be consistent with."""
        self._begins = True

    def to_begin(self) -> bool:
        begins, self._begins = self._begins, False
        return begins

    async def commit(self) -> None:
        await super().commit()
        self._settled = True

    async def rollback(self) -> None:
        if not self.to_begin() and not self._settled:
            await super().rollback()
            self._settled = True

    def cursor(self, *_options: Any) -> Cursor:  # type: ignore[override]  # SQLAlchemy enters it, as it would theirs
        return Cursor(self)

    async def run(self, statement: partial[Ran]) -> Ran:
        self._settled = False  # also where it fails, or nobody waits for its end
        ran: Ran = await self._execute(statement, self._conn)  # type: ignore[no-untyped-call]
        return ran


def connect(database: str, **options: Any) -> Connection:
    """To be awaited, like aiosqlite's own; `options` are those of sqlite3.connect."""
    connection = Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: one forgotten must not keep a process alive
    return connection


# However it ends, the cursor is closed before anybody hears of it: one that lives on in a traceback keeps the lock.


def _execute(connection: sqlite3.Connection, *, sql: str, parameters: Sequence[Any], begin: bool) -> Ran:
    with closing(connection.cursor()) as cursor:
        if begin:
            cursor.execute(_BEGIN)
        cursor.execute(sql, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return Ran(cursor.description, cursor.rowcount, cursor.lastrowid, rows)


def _execute_many(connection: sqlite3.Connection, *, sql: str, parameters: Sequence[Sequence[Any]], begin: bool) -> Ran:
    with closing(connection.cursor()) as cursor:
        if begin:
            cursor.execute(_BEGIN)
        cursor.executemany(sql, parameters)
        return Ran(cursor.description, cursor.rowcount, cursor.lastrowid)
