from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversation.i18n import LANGUAGES, Words
from storage.database import Database
from storage.tables import User
from tests.conversation.stage import Stage
from tests.support.builders import Shop, create_user
from tests.support.vendor import Vendor


@pytest.fixture(scope="session")
def words() -> Words:
    return Words()


@pytest.fixture
def english(words: Words) -> Iterator[None]:
    with words.speaking("en"):
        yield


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, words: Words) -> Iterator[str]:
    """The test runs once in each language, and is spoken to in it."""
    with words.speaking(request.param):
        yield request.param


@pytest.fixture
def stage(db: Database, tmp_path: Path, words: Words) -> Stage:
    return Stage(Shop(db, tmp_path / "objects", Vendor()), words)


@pytest.fixture
async def alice(db: Database) -> User:
    """Speaks English and has a hundred credits."""
    return await create_user(db, "Alice", credits_=100)
