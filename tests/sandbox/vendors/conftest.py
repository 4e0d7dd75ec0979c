"""Vendors of one's own for each test, quick and driven from behind the counter."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.driver import Sandbox
from tests.sandbox.vendors.counter import Counter


@pytest.fixture
async def counter(sandbox: Sandbox) -> AsyncIterator[Counter]:
    counter = Counter(sandbox)
    for vendor in ("runway", "runpod", "modal"):
        await counter.set(vendor, queue_seconds=0.0, render_seconds=0.0)
    yield counter
    await counter.close()
