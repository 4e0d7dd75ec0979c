from __future__ import annotations

from pathlib import Path

import pytest

from conversation.i18n import Words
from storage.database import Database
from tests.conversation.conftest import words
from tests.handlers.chat import Chat
from tests.support.builders import Shop
from tests.support.vendor import Vendor

__all__ = ["words"]


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path / "objects", Vendor())


@pytest.fixture
def chat(shop: Shop, words: Words) -> Chat:
    """Alice's: she speaks English and has ten credits."""
    return Chat(shop, words, 501)


@pytest.fixture
def bobs(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, 502, "Bob")
