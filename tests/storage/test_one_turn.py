"""SQLite behind a thread: what SQLAlchemy gets to see is what sqlite3 says, and no cursor is left behind."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage import one_turn


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[one_turn.Connection]:
    opened = one_turn.connect(str(tmp_path / "some.db"), isolation_level=None)
    await opened
    await run(opened, "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    yield opened
    await opened.close()


async def run(connection: one_turn.Connection, sql: str, *parameters: Any) -> one_turn.Cursor:
    return await connection.cursor().execute(sql, parameters)


async def test_a_query_has_its_columns_and_rows(connection: one_turn.Connection) -> None:
    await run(connection, "INSERT INTO things (name) VALUES (?), (?)", "this", "that")

    found = await run(connection, "SELECT id, name FROM things ORDER BY id")

    assert [column[0] for column in found.description] == ["id", "name"]
    assert await found.fetchall() == [(1, "this"), (2, "that")]


async def test_a_change_says_how_many_rows_it_met_and_which_was_the_last(connection: one_turn.Connection) -> None:
    first = await run(connection, "INSERT INTO things (name) VALUES ('this')")
    many = await connection.cursor().executemany("INSERT INTO things (name) VALUES (?)", [("that",), ("other",)])
    changed = await run(connection, "UPDATE things SET name = name || '!' WHERE id > 1")

    assert (first.lastrowid, first.description) == (1, None)
    assert (many.rowcount, changed.rowcount) == (2, 2)


async def test_a_change_can_return_rows(connection: one_turn.Connection) -> None:
    made = await run(connection, "INSERT INTO things (name) VALUES ('this') RETURNING id")

    assert await made.fetchall() == [(1,)]
    assert made.rowcount == 1


@pytest.fixture
def turns(connection: one_turn.Connection, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the thread was given to do."""
    given: list[Any] = []
    ordinary = connection._execute

    async def counted(function: Any, *arguments: Any) -> Any:
        given.append(function)
        return await ordinary(function, *arguments)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(connection, "_execute", counted)
    return given


async def test_a_transaction_that_reads_begins_in_the_turn_of_its_first_statement(
    connection: one_turn.Connection, turns: list[Any]
) -> None:
    connection.begin_reading()
    await run(connection, "SELECT 1")
    await run(connection, "SELECT 1")

    assert (connection.in_transaction, len(turns)) == (True, 2)
    await connection.rollback()
    assert (connection.in_transaction, len(turns)) == (False, 3)


async def test_a_transaction_without_a_statement_takes_no_turn(
    connection: one_turn.Connection, turns: list[Any]
) -> None:
    connection.begin_reading()
    await connection.rollback()
    assert turns == []

    await run(connection, "SELECT 1")
    assert not connection.in_transaction


async def test_what_is_settled_is_not_rolled_back_once_more(connection: one_turn.Connection, turns: list[Any]) -> None:
    for settle in (connection.commit, connection.rollback):
        await run(connection, "BEGIN IMMEDIATE")
        await settle()
        turns.clear()
        await connection.rollback()
        assert turns == []

    with pytest.raises(sqlite3.OperationalError):
        await run(connection, "SELECT nothing")
    await connection.rollback()
    assert len(turns) == 2


async def test_a_statement_takes_one_turn_of_the_thread(connection: one_turn.Connection, turns: list[Any]) -> None:
    cursor = await connection.cursor().__aenter__()
    await cursor.execute("SELECT 1")
    await cursor.fetchall()
    await cursor.close()

    assert len(turns) == 1


async def test_an_error_leaves_no_cursor_that_keeps_the_file_locked(
    connection: one_turn.Connection, tmp_path: Path
) -> None:
    await run(connection, "INSERT INTO things (name) VALUES ('this')")
    await run(connection, "BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.IntegrityError) as kept:
        await run(connection, "INSERT INTO things (name) VALUES ('that'), ('this')")

    await connection.close()

    gc.collect()
    with sqlite3.connect(tmp_path / "some.db", timeout=0, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert other.execute("SELECT name FROM things").fetchall() == [("this",)]
        other.execute("ROLLBACK")
    other.close()
    assert kept.value is not None
