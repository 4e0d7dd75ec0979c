"""SQLite without the thread that aiosqlite gives each connection: a statement runs where it is asked for.

Handing each to a thread and back was a fifth of the time of what works on a database. The thread itself is for
tests/storage, and for the processes of whole worlds. Nor is anything forced to the disk, which only a machine that
loses its power would miss.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import pytest

from storage import database as product
from storage import one_turn

Asked = tuple[asyncio.Future[Any] | None, Callable[[], Any]]


class AtOnce:
    """In place of a thread's queue: what is put in is done."""

    def put_nowait(self, asked: Asked) -> None:
        future, function = asked
        try:
            result = function()
        except BaseException as error:
            if future is None:
                raise
            self.tell(future, partial(future.set_exception, error))
        else:
            if future is not None:
                self.tell(future, partial(future.set_result, result))

    def tell(self, _future: asyncio.Future[Any], how: Callable[[], None]) -> None:
        how()


class InTurns(AtOnce):
    """Whoever else waits goes on after each statement, as with a thread."""

    def tell(self, future: asyncio.Future[Any], how: Callable[[], None]) -> None:
        future.get_loop().call_soon(lambda: None if future.done() else how())


class Connection(one_turn.Connection):
    def __await__(self) -> Generator[Any, None, Self]:
        yield from self._connect().__await__()
        return self


@contextmanager
def without_threads(kind: type[AtOnce]) -> Generator[None]:
    """The engines that are made meanwhile do without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_turn, "connect", partial(_connect, kind))
        # While SQLite itself waits for another writer, nobody else in this process would go on, nor would that writer.
        patch.setattr(product, "SQLITE_ASK_SECONDS", 0.0)
        yield


def force_nothing_to_the_disk(connection: Any, _record: Any = None) -> None:
    """For the "connect" of an engine."""
    connection.execute("PRAGMA synchronous = OFF")


def _connect(kind: type[AtOnce], database: str, **options: Any) -> Connection:
    connection = Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._tx = kind()  # type: ignore[assignment]  # SQLAlchemy puts into it, too
    return connection
