"""A shop over a database that nobody audits afterwards: some of these tests break it on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.vendor import Vendor


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    database = Database(db_url)
    yield database
    await database.close()


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path / "objects", Vendor())


@pytest.fixture
async def alice(db: Database) -> User:
    """Has ten credits."""
    return await create_user(db, "Alice")


@pytest.fixture
async def bob(db: Database) -> User:
    return await create_user(db, "Bob")
