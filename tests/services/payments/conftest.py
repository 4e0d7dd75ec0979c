"""Cards: a shop that sells through the sandbox's Stripe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.cards import CardShop, be_quick, open_card_shop


@pytest.fixture
async def deaf(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CardShop]:
    """Stripe knows no webhook of ours."""
    be_quick(monkeypatch)
    async with open_card_shop(shop, tmp_path / "sandbox") as cards:
        yield cards


@pytest.fixture
async def cards(deaf: CardShop) -> CardShop:
    """Stripe sends its events to us."""
    await deaf.listen()
    return deaf


@pytest.fixture
async def buyer(db: Database) -> User:
    """Has nothing yet."""
    return await create_user(db, "Alice", credits_=0)
