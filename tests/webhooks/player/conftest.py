from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from conversation.i18n import Words
from storage.database import Database
from tests.support.cinema import Cinema, showing


@dataclass
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Visitor:
    """Somebody with a browser; `language` is what it asks for."""

    session: aiohttp.ClientSession

    async def get(self, url: str, *, method: str = "GET", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, url, headers=named) as response:
            return Answer(response.status, response.headers, await response.read())

    async def film(self, page: str, **headers: str) -> dict[str, Any]:
        """What the page at this address plays."""
        async with self.session.get(f"{page}/film.json", headers=headers) as response:
            assert response.status == 200, await response.text()
            facts: dict[str, Any] = await response.json()
            return facts

    async def post(self, url: str, said: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(url, json=said) as response:
            return response.status, await response.json() if response.status == 200 else {}


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as session:
        yield Visitor(session)


@pytest.fixture
def db_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough: what is asked of both is asked in tests/services."""
    return f"sqlite+aiosqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'echoes.db')}"


@pytest.fixture(scope="session")
def words() -> Words:
    return Words()


@pytest.fixture
async def cinema(db: Database, words: Words, tmp_path: Path) -> AsyncIterator[Cinema]:
    async with showing(db, words, tmp_path / "media") as cinema:
        yield cinema
