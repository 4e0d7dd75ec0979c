"""Telegram's webhook: who may call it, and what is acknowledged."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from webhooks import telegram

SECRET = "right-secret_1"
UPDATE = {"update_id": 7, "message": {"text": "hello"}}


class Recorder:
    """Takes updates in; breaks when it is told to."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.broken = False

    async def __call__(self, updates: list[dict[str, Any]]) -> None:
        if self.broken:
            raise ConnectionError("the database is away")
        self.updates += updates


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def server(recorder: Recorder) -> AsyncIterator[TestServer]:
    app = web.Application(client_max_size=telegram.MAX_BODY_BYTES)
    app.add_routes(telegram.routes(recorder, SECRET))
    running = TestServer(app)
    await running.start_server()
    yield running
    await running.close()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def post(client: aiohttp.ClientSession, server: TestServer, secret: str | None = SECRET, **what: Any) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with client.post(server.make_url("/telegram/webhook"), headers=headers, **what) as response:
        return response.status


async def test_it_takes_in_an_update_with_the_right_secret(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder
) -> None:
    assert await post(client, server, json=UPDATE) == 200
    assert recorder.updates == [UPDATE]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "RIGHT-SECRET_1", "секрет"])
async def test_it_answers_401_to_anybody_else(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder, secret: str | None
) -> None:
    assert await post(client, server, secret, json=UPDATE) == 401
    assert recorder.updates == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"message":{}}', b'{"update_id":"7"}', b"\xff\xfe", b"[" * 100_000]
)
async def test_it_answers_400_to_what_is_no_update(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder, body: bytes
) -> None:
    assert await post(client, server, data=body) == 400
    assert recorder.updates == []


async def test_it_answers_413_to_a_body_that_is_too_large(client: aiohttp.ClientSession, server: TestServer) -> None:
    assert await post(client, server, data=io.BytesIO(b" " * (telegram.MAX_BODY_BYTES + 1))) == 413


async def test_what_could_not_be_stored_is_not_acknowledged(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder
) -> None:
    recorder.broken = True
    assert await post(client, server, json=UPDATE) == 500


def test_a_webhook_without_a_secret_cannot_be_made(recorder: Recorder) -> None:
    with pytest.raises(ValueError, match="secret"):
        telegram.routes(recorder, "")
