"""Where vendors tell of news: whoever calls, whatever they send, they learn nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from webhooks import providers as door

TOKEN = "0123456789abcdef" * 2


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    async def __call__(self, vendor: str, token: str) -> None:
        self.heard.append((vendor, token))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def server(ear: Ear) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes(door.routes(ear))
    running = TestServer(app)
    await running.start_server()
    yield running
    await running.close()


async def told(server: TestServer, path: str, body: bytes = b"{}") -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.post(server.make_url(path), data=body) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize("body", [b"", b'{"status": "COMPLETED"}', b"\xff{]", b"x" * 900_000])
async def test_it_hears_of_whom_and_what_and_nothing_else(server: TestServer, ear: Ear, body: bytes) -> None:
    assert await told(server, f"/providers/runpod/webhook/{TOKEN}", body) == (200, b"")
    assert ear.heard == [("runpod", TOKEN)]


@pytest.mark.parametrize("token", ["x", "A" * 32, "0" * 31, "0" * 33, "0" * 5000, "%00" * 32, "٣" * 32, "'; --"])
async def test_what_cannot_be_a_token_is_answered_the_same_and_looked_for_nowhere(
    server: TestServer, ear: Ear, token: str
) -> None:
    assert await told(server, f"/providers/runpod/webhook/{token}") == (200, b"")
    assert ear.heard == []


async def test_a_body_without_end_is_cut_off_after_the_hint(
    server: TestServer, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_BODY_BYTES", 1000)
    async with (
        aiohttp.ClientSession() as session,
        session.post(server.make_url(f"/providers/runpod/webhook/{TOKEN}"), data=b"x" * 5000) as answer,
    ):
        assert (answer.status, answer.headers["Connection"]) == (200, "close")
    assert len(ear.heard) == 1


async def test_a_body_that_never_comes_is_not_waited_for(
    server: TestServer, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "BODY_SECONDS", 0.01)
    reader, writer = await asyncio.open_connection(server.host, server.port)
    head = f"POST /providers/runpod/webhook/{TOKEN} HTTP/1.1\r\nHost: echoes\r\nContent-Length: 100\r\n\r\n"
    writer.write(head.encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    assert len(ear.heard) == 1


class Gone:
    """A body whose sender goes away in the middle of it."""

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield b"half of it"
        raise ConnectionResetError("Connection lost")


async def test_whoever_goes_away_in_the_middle_of_a_body_is_no_error_of_ours() -> None:
    assert await door._read_past(Gone()) is False  # type: ignore[arg-type]
