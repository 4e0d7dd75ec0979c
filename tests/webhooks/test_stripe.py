"""Stripe's webhook: what is verified, what is acknowledged; and the page buyers come back to."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from stripe import WebhookSignature

from providers.stripe.signature import verified
from webhooks import stripe as door

SECRET = "whsec_canary"
EVENT = {"id": "evt_1", "object": "event", "type": "x"}
BODY = json.dumps(EVENT).encode()


class Recorder:
    """Takes events in; breaks when it is told to. Knows one visit."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.broken = False
        self.refusals = 0

    async def receive(self, event: dict[str, Any]) -> None:
        if self.broken:
            raise ConnectionError("the database is away")
        self.events.append(event)

    async def returned(self, checkout_id: str) -> str | None:
        self.asked.append(checkout_id)
        return "token" if checkout_id == "cs_test_known" else None

    async def refused(self) -> None:
        self.refusals += 1

    async def chat(self, token: str | None) -> str:
        return f"https://t.me/bot?start=paid{f'_{token}' if token else ''}"


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def server(recorder: Recorder) -> AsyncIterator[TestServer]:
    app = web.Application(client_max_size=1 << 20)
    app.add_routes(door.webhook(partial(verified, secret=SECRET), recorder.receive, recorder.refused))
    app.add_routes(door.return_page(recorder.returned, recorder.chat))
    running = TestServer(app)
    await running.start_server()
    yield running
    await running.close()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def signature(body: bytes = BODY, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    moment = int(at or time.time())
    return {"Stripe-Signature": WebhookSignature.generate_signature_header(body.decode(), secret, moment)}


async def post(client: aiohttp.ClientSession, server: TestServer, data: Any, headers: dict[str, str]) -> int:
    async with client.post(server.make_url("/stripe/webhook"), data=data, headers=headers) as response:
        return response.status


async def test_it_takes_in_what_stripe_signed(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder
) -> None:
    assert await post(client, server, BODY, signature()) == 200
    assert recorder.events == [EVENT]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=ключ"},
        signature(secret="whsec_other"),
        signature(at=time.time() - 3600),
        signature(at=time.time() + 3600),
        signature(json.dumps(EVENT, indent=1).encode()),
    ],
)
async def test_it_answers_400_to_anybody_else(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder, headers: dict[str, str]
) -> None:
    assert await post(client, server, BODY, headers) == 400
    assert recorder.events == []
    assert recorder.refusals == 1


async def test_a_body_written_again_is_another_body(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder
) -> None:
    assert await post(client, server, json.dumps(EVENT, separators=(",", ":")).encode(), signature()) == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 100_000, b'{"object": "event"}'])
async def test_it_answers_400_to_what_is_no_event_though_it_is_signed(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder, body: bytes
) -> None:
    assert await post(client, server, body, signature(body)) == 400
    assert recorder.events == []


async def test_it_answers_413_to_a_hundred_megabytes_without_reading_them(
    client: aiohttp.ClientSession, server: TestServer
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_600):
            sent += 65_536
            yield b" " * 65_536

    with contextlib.suppress(aiohttp.ClientConnectionError):  # cut off while still sending: as good
        assert await post(client, server, endless(), signature()) == 413
    assert sent < 50_000_000
    # And by what it says of itself, before the first byte.
    assert await post(client, server, b" " * (door.MAX_BODY_BYTES + 1), signature()) == 413


async def test_the_largest_body_is_still_read(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder
) -> None:
    body = BODY + b" " * (door.MAX_BODY_BYTES - len(BODY))
    assert await post(client, server, body, signature(body)) == 200


async def test_what_could_not_be_stored_is_not_acknowledged(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder
) -> None:
    recorder.broken = True
    assert await post(client, server, BODY, signature()) == 500


@pytest.mark.parametrize(
    ("query", "start", "asked"),
    [
        ("?session=cs_test_known", "paid_token", ["cs_test_known"]),
        ("?session=cs_test_unknown", "paid", ["cs_test_unknown"]),
        ("", "paid", []),
        ("?session=", "paid", []),
        ("?session=../../v1/refunds", "paid", []),
        ("?session=cs_test_" + "x" * 500, "paid", []),
        ("?session={CHECKOUT_SESSION_ID}", "paid", []),
    ],
)
async def test_who_comes_back_is_sent_on_to_the_chat(
    client: aiohttp.ClientSession, server: TestServer, recorder: Recorder, query: str, start: str, asked: list[str]
) -> None:
    async with client.get(server.make_url("/stripe/return" + query), allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, f"https://t.me/bot?start={start}")
        assert response.headers["Cache-Control"] == "no-store"
    assert recorder.asked == asked
