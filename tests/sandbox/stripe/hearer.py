"""A webhook endpoint of a test's own: checks signatures with Stripe's library, keeps events, answers as told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import stripe
from aiohttp import web

Json = dict[str, Any]


class Hearer:
    """`events` are in order of arrival. Of `answers` one status is used up by each event; then all get `answer`."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.events: list[Json] = []
        self.bodies: list[tuple[bytes, str]] = []
        self.answers: list[int] = []
        self.answer = 200
        self._news = asyncio.Event()

    async def __aenter__(self) -> Hearer:
        app = web.Application()
        app.router.add_post("/stripe/webhook", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/stripe/webhook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        body, signature = await request.read(), request.headers["Stripe-Signature"]
        stripe.Webhook.construct_event(body, signature, self.secret)
        self.bodies.append((body, signature))
        self.events.append(json.loads(body))
        self._news.set()
        return web.Response(status=self.answers.pop(0) if self.answers else self.answer)

    def of(self, kind: str) -> list[Json]:
        return [event for event in self.events if event["type"] == kind]

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]

    async def wait(self, kind: str, count: int = 1) -> list[Json]:
        """Wait until so many events of a type have come, and return them."""
        async with asyncio.timeout(10):
            while len(self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(kind)
