"""`postgres_url`: a real PostgreSQL, one server for a whole test run and a database for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from tests.support.lifeline import shared_server


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of the server's own database, for psycopg."""
    return shared_server("tests.support.postgres_server")["url"]


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database, as a DATABASE_URL."""
    name = f"t{uuid.uuid4().hex[:16]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        # Copying the template's files is twice as fast as writing them through the log.
        connection.execute(f'CREATE DATABASE "{name}" STRATEGY file_copy')
    yield postgres_server.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
