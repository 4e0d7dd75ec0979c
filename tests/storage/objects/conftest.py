"""Every test of this folder that asks for `store` runs on a real folder and on a real S3 server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from storage.objects import open_store
from storage.objects.base import ObjectStore
from storage.objects.local import LocalStore
from webhooks import media

SECRET = "canary-signing-secret"


@dataclass
class Links:
    """Follows links as a stranger on the web would."""

    session: aiohttp.ClientSession

    async def get(self, url: str) -> tuple[int, bytes, str]:
        """Status, body and content type."""
        async with self.session.get(url) as response:
            return response.status, await response.read(), response.headers.get("Content-Type", "")


@pytest.fixture
async def links() -> AsyncIterator[Links]:
    async with aiohttp.ClientSession() as session:
        yield Links(session)


@pytest.fixture
async def folder_store(tmp_path: Path) -> AsyncIterator[LocalStore]:
    """A folder whose links are honoured by the product's own media page, as in the web process."""
    app = web.Application()
    server = TestServer(app)
    store = LocalStore(tmp_path / "media", signing_secret=SECRET, public_url="")
    app.add_routes(media.routes(store))
    async with server:
        store = LocalStore(tmp_path / "media", signing_secret=SECRET, public_url=str(server.make_url("")).rstrip("/"))
        yield store


@pytest.fixture
async def bucket_store(s3_url: str) -> AsyncIterator[ObjectStore]:
    store = open_store(s3_url, signing_secret=SECRET, public_url="")
    yield store
    await store.close()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"{request.param}_store")
