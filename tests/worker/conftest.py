from __future__ import annotations

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.builders import create_user


@pytest.fixture
async def alice(db: Database) -> User:
    return await create_user(db, "Alice")
