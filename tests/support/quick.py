"""A database for a hundred thousand steps: real, but without what only a crash would miss.

On SQLite nothing is forced to the disk, and the driver runs its calls where they are made instead of in a thread, which
is twice as fast. On both, whoever looks at the rows does so at the driver's own speed, and all rows go at once.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
import psycopg
import pytest
from sqlalchemy import event

from storage.database import Database
from storage.tables import Base

T = TypeVar("T")
MEMORY = Path("/dev/shm")  # noqa: S108 - the machine's memory as a folder, where there is one
TABLES = [table.name for table in reversed(Base.metadata.sorted_tables)]


class Quick:
    """`db` for the product; `look` and `empty` behind its back."""

    def __init__(self, db: Database, execute: Callable[[str], Any]) -> None:
        self.db, self._execute = db, execute
        self._loop = asyncio.new_event_loop()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def look(self, query: str) -> Sequence[Sequence[Any]]:
        rows: Sequence[Sequence[Any]] = self._execute(query).fetchall()
        return rows

    def empty(self) -> None:
        for table in TABLES:
            self._execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours

    def close(self) -> None:
        self.run(self.db.close())
        self._loop.close()


@contextmanager
def quick_sqlite(template: Path) -> Iterator[Quick]:
    with (
        tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(aiosqlite.Connection, "_connect", _connect_here)
        patch.setattr(aiosqlite.Connection, "_execute", _execute_here)
        path = Path(folder) / "quick.db"
        shutil.copyfile(template, path)
        db = Database(f"sqlite+aiosqlite:///{path}")
        event.listen(db.engine.sync_engine, "connect", _hurry)
        with closing(sqlite3.connect(path, isolation_level=None)) as behind:
            _hurry(behind, None)
            for (kept,) in behind.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                behind.execute(f"DROP TRIGGER {kept}")  # what may never be deleted is, between two stories
            yield from _open(Quick(db, behind.execute))


@contextmanager
def quick_postgres(url: str) -> Iterator[Quick]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as behind:
        behind.execute("SET synchronous_commit = off")
        behind.execute("SET session_replication_role = replica")  # no triggers: what may never be deleted is
        yield from _open(Quick(Database(url), behind.execute))


def _open(quick: Quick) -> Iterator[Quick]:
    try:
        yield quick
    finally:
        quick.empty()
        quick.close()


def _hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


async def _connect_here(self: Any) -> Any:
    self._connection = self._connection or self._connector()
    return self


async def _execute_here(self: Any, function: Callable[..., T], *values: Any, **named: Any) -> T:
    return function(*values, **named)
