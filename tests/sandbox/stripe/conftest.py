"""A shop of one's own for each test, with a webhook that hears of everything."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.driver import Sandbox
from tests.sandbox.stripe.hearer import Hearer
from tests.sandbox.stripe.shop import SECRET, Shop


@pytest.fixture
async def shop(sandbox: Sandbox) -> AsyncIterator[Shop]:
    async with Hearer(SECRET) as hearer:
        shop = Shop(sandbox, hearer)
        await shop.opens()
        yield shop
        await shop.closes()
