"""A sandbox of one's own for each test, on a loopback port in the test's event loop, with a clock that can be moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sandbox.driver import TOKEN, Person, Sandbox


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "state")
    await sandbox.start()
    await sandbox.control("POST", "bots", {"token": TOKEN, "username": "echo_bot", "name": "Echo"})
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def alice(sandbox: Sandbox) -> Person:
    """Somebody who has started the bot, which has been told so."""
    alice = await sandbox.person("Alice")
    await alice.writes("/start")
    await sandbox.updates()
    return alice
