"""On PostgreSQL the program's own role cannot change the log of what staff did, whatever it tries."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine import make_url

from storage import migrate
from storage.grants import APPEND_ONLY, grant
from worker.queue import open_queue


@pytest.fixture
def worker_url(postgres_url: str) -> Iterator[str]:
    """The same database as another role, which owns nothing."""
    role = f"app_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
    migrate.upgrade(postgres_url)
    yield make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {role} CASCADE")
        connection.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_its_role_adds_and_reads_and_does_nothing_else(postgres_url: str, worker_url: str, table: str) -> None:
    grant(postgres_url, worker_url)
    with psycopg.connect(worker_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("INSERT INTO leases (name, owner, until) VALUES ('sweep', 'a worker', now())")
        connection.execute("UPDATE leases SET owner = 'another'")
        connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - names of ours
        for attempt in (
            f"UPDATE {table} SET actor_id = 1",  # noqa: S608
            f"DELETE FROM {table}",  # noqa: S608
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TRIGGER {table}_keeps_rows ON {table}",
            f"DROP FUNCTION {table}_keeps() CASCADE",
            f"DROP TABLE {table}",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)


def test_the_program_runs_as_that_role(postgres_url: str, worker_url: str) -> None:
    grant(postgres_url, worker_url)
    grant(postgres_url, worker_url)  # after each migration

    assert migrate.is_current(worker_url)
    open_queue(worker_url.replace("+psycopg", ""), secret="canary").storage.conn.close()


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///x.db", "postgresql+psycopg://same@/x", "postgresql+psycopg:///x"])
def test_one_role_is_not_two(url: str) -> None:
    with pytest.raises(ValueError, match="two roles"):
        grant("postgresql+psycopg://same@/x", url)
