"""A migrated database for each test, on SQLite and on PostgreSQL, which is audited when the test is through."""

from __future__ import annotations

import asyncio
import copy
import shutil
import sqlite3
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import database as product
from storage import migrate
from storage.database import Database
from storage.tables import Base
from tests.support import kept
from tests.support.auditor import audit, broken
from tests.support.driver import InTurns, force_nothing_to_the_disk, without_threads

ON_SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
"""For what is decided in Python: once is enough."""
ON_POSTGRES = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)

Broom = psycopg.Connection[tuple[Any, ...]]

_product_engines = product._engines
_brooms: dict[str, Broom] = {}


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "echoes.db"
    migrate.upgrade(f"sqlite+aiosqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM packs")  # what is for sale is each test's own
    return path


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """One migrated database for all tests of this process: making one for each costs a third of a second."""
    name = f"services_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = _address(postgres_server, name)
    migrate.upgrade(url)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as broom:
        _prepare(broom)
        _sweep(broom)
        _brooms[url] = broom
        yield url
        del _brooms[url]
        kept.let_go()
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database, as a DATABASE_URL.

    A module about SQLite's driver itself says `DRIVER_WITH_ITS_THREAD = True`.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(request.module, "DRIVER_WITH_ITS_THREAD", False):
            patch.setattr(product, "_engines", _experienced)
        if request.param == "sqlite":
            template = request.getfixturevalue("sqlite_template")
            yield f"sqlite+aiosqlite:///{_new_copy(template, tmp_path_factory.getbasetemp() / 'database')}"
        else:
            url = request.getfixturevalue("postgres_database")
            yield url
            _sweep(_brooms[url])


def _new_copy(template: Path, folder: Path) -> Path:
    """At one place for all tests of this process, whatever the last one left there."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()  # its log, too: SQLite would read it into the new one
    return Path(shutil.copyfile(template, folder / "echoes.db"))


def _prepare(broom: Broom) -> None:
    """A connection that stays for all tests: to make one and to plan 60 statements costs more than the sweeping."""
    # A test leaves few rows, and TRUNCATE makes new files for each table and index: that takes ten times as long.
    deleting = "; ".join(f"DELETE FROM {table}" for table in Base.metadata.tables)  # noqa: S608 - ours
    broom.execute("SET session_replication_role = replica")  # in any order, and what may never be deleted too
    broom.execute(f"CREATE FUNCTION pg_temp.sweep() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {deleting}; END $$")


def _sweep(broom: Broom) -> None:
    """Forget all rows of a PostgreSQL database. Its row numbers go on, so that no two tests share an id."""
    # A test that failed in the middle of a transaction may have left it open, with its locks.
    broom.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)",
        [kept.servers()],
    )
    broom.execute("SELECT pg_temp.sweep()")


@pytest.fixture
async def db(db_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An open database. However the test ends, the books must balance then.

    A module whose tests make holds without jobs says `HOLDS_WITHOUT_JOBS = True`.
    """
    database = Database(db_url)
    yield database
    holds_without_jobs = getattr(request.module, "HOLDS_WITHOUT_JOBS", False)
    try:
        if db_url in _brooms:  # a new connection would have to plan its long question first
            broom = _brooms[db_url]
            found = broken(lambda query: broom.execute(query).fetchall(), holds_without_jobs=holds_without_jobs)
            assert not found, "\n".join(found)
        else:
            await audit(database, holds_without_jobs=holds_without_jobs)
    finally:  # or a later test is blamed for the connections
        await database.close()


async def rows(db: Database, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Look behind the scenes with plain SQL."""
    async with db.reading() as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


async def execute(db: Database, statement: str, **values: Any) -> None:
    """Change the database behind the product's back."""
    async with db.transaction() as session:
        await session.execute(text(statement), values)


async def expire(db: Database, table: str, column: str = "lease_until") -> None:
    """Let a time in every row of a table lie an hour in the past, by the database's clock."""
    past = "datetime('now', '-1 hour')" if db.is_sqlite else "now() - interval '1 hour'"
    await execute(db, f"UPDATE {table} SET {column} = {past} WHERE {column} IS NOT NULL")  # noqa: S608 - names, ours


async def until_somebody_waits_for_a_lock(db: Database) -> None:
    """PostgreSQL only: returns once another connection stands in a queue for a lock that ours holds."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(10):
        while (await rows(db, blocked))[0][0] == 0:  # noqa: ASYNC110 - only the server knows, and it sends no event
            await asyncio.sleep(0.01)


def _experienced(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """What a Database of the product has, but it need not compile what one of this address has compiled before.

    That took a quarter of a test's time. A test's connections are its own nevertheless.
    """
    write, read = _first(url, product.SQLITE_BUSY_SECONDS)
    mine = _with_connections_of_its_own(write)
    return mine, (mine if read is write else _with_connections_of_its_own(read))


@cache
def _first(url: str, _busy_s: float) -> tuple[AsyncEngine, AsyncEngine]:
    """Engines that are kept for what they know, and never connect. (They were made for a certain patience.)"""
    with without_threads(InTurns):
        engines = _product_engines(url)
    for engine in set(engines):
        if url.startswith("sqlite"):
            event.listen(engine.sync_engine, "connect", force_nothing_to_the_disk)
        else:
            event.listen(engine.sync_engine, "do_connect", _keep)
    return engines


def _keep(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    options["async_creator_fn"] = kept.connect


def _with_connections_of_its_own(known: AsyncEngine) -> AsyncEngine:
    # The compiled statements belong to a dialect and an engine, the connections and their events to a pool.
    engine = copy.copy(known.sync_engine)
    engine.pool = known.sync_engine.pool.recreate()
    return AsyncEngine(engine)


def _address(server: str, name: str) -> str:
    """The server's own address, led to another of its databases."""
    url = make_url(server.replace("postgresql://", "postgresql+psycopg://", 1))
    return url.set(database=name).render_as_string(hide_password=False)
