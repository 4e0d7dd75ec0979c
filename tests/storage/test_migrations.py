"""The migrations make the tables the models describe, and can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage import migrate
from storage.tables import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'new' / 'echoes.db'}"
    else:
        yield request.getfixturevalue("postgres_url")


def tables(url: str) -> set[str]:
    engine = migrate.sync_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_models_and_migrations_agree(empty_url: str) -> None:
    migrate.upgrade(empty_url)

    command.check(migrate.config(empty_url))


def test_it_goes_up_down_to_nothing_and_up_again(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    assert tables(empty_url) == set(Base.metadata.tables)
    migrate.downgrade(empty_url, "base")
    assert tables(empty_url) == set()

    migrate.upgrade(empty_url)

    assert tables(empty_url) == set(Base.metadata.tables)
    command.check(migrate.config(empty_url))


def test_a_database_is_current_only_at_the_newest_revision(empty_url: str) -> None:
    assert not migrate.is_current(empty_url)
    migrate.upgrade(empty_url)
    assert migrate.is_current(empty_url)
    migrate.downgrade(empty_url, "base")
    assert not migrate.is_current(empty_url)


def test_the_newest_revision_is_the_one_that_alembic_goes_to(empty_url: str) -> None:
    assert ScriptDirectory.from_config(migrate.config(empty_url)).get_heads() == [migrate.newest()]


def test_upgrading_twice_is_harmless(empty_url: str) -> None:
    migrate.upgrade(empty_url)

    migrate.upgrade(empty_url)

    assert migrate.is_current(empty_url)


def test_on_sqlite_processes_that_start_together_afterwards_need_not_switch_to_wal(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite+aiosqlite:///{tmp_path / 'echoes.db'}")

    with closing(sqlite3.connect(tmp_path / "echoes.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_checks_agree_too(empty_url: str) -> None:
    """Alembic compares tables, columns, keys and indexes, but no CHECK; money and states depend on those."""
    migrate.upgrade(empty_url)
    migrated = checks(empty_url)
    migrate.downgrade(empty_url, "base")
    engine = migrate.sync_engine(empty_url)
    Base.metadata.create_all(engine)
    engine.dispose()

    described = checks(empty_url)

    assert described["accounts"], "the inspector finds no checks at all"
    assert migrated == described


def checks(url: str) -> dict[str, set[tuple[str | None, str]]]:
    engine = migrate.sync_engine(url)
    try:
        found = inspect(engine)
        return {
            table: {(check["name"], check["sqltext"]) for check in found.get_check_constraints(table)}
            for table in Base.metadata.tables
        }
    finally:
        engine.dispose()
