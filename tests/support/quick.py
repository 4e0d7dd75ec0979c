"""A database for a hundred thousand steps: real, but without what only a crash would miss.

On SQLite there are no threads, and nobody else is let on between two statements, which is twice as fast. On both,
whoever looks at the rows does so at the driver's own speed, and all rows go at once.
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

import psycopg
from sqlalchemy import event

from storage.database import Database
from storage.tables import Base
from tests.support.driver import AtOnce, force_nothing_to_the_disk, without_threads

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
        without_threads(AtOnce),
    ):
        path = Path(folder) / "quick.db"
        shutil.copyfile(template, path)
        db = Database(f"sqlite+aiosqlite:///{path}")
        event.listen(db.engine.sync_engine, "connect", force_nothing_to_the_disk)
        with closing(sqlite3.connect(path, isolation_level=None)) as behind:
            force_nothing_to_the_disk(behind)
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
