from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.providers.stand import Stand, standing


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with standing() as one:
        yield one
