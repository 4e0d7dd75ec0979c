from __future__ import annotations

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.builders import create_user
from tests.support.database import db, db_url, postgres_database, sqlite_template

__all__ = ["db", "db_url", "postgres_database", "sqlite_template"]


@pytest.fixture
async def alice(db: Database) -> User:
    return await create_user(db, "Alice")
