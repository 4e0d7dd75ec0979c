from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.vendor import Vendor


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor) -> Shop:
    return Shop(db, tmp_path / "objects", vendor)


@pytest.fixture
async def alice(db: Database) -> User:
    """Has ten credits."""
    return await create_user(db, "Alice")


@pytest.fixture
async def bob(db: Database) -> User:
    return await create_user(db, "Bob")
