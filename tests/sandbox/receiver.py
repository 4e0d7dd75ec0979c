"""A webhook of a test's own: keeps what was posted and answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Answer = Callable[[web.Request, Json], Awaitable[web.StreamResponse]]


async def _accept(_request: web.Request, _update: Json) -> web.StreamResponse:
    return web.Response()


class Receiver:
    """`received` are the updates in order of arrival, `headers` those of the latest; `answer` may be replaced."""

    def __init__(self, answer: Answer = _accept) -> None:
        self.answer = answer
        self.received: list[Json] = []
        self.headers: dict[str, str] = {}
        self._news = asyncio.Event()
        self._files: dict[str, bytes] = {}

    def answers_get(self, path: str, data: bytes) -> None:
        """Have a file to download, too."""
        self._files[path] = data

    def at(self, path: str) -> str:
        return self.url.removesuffix("/hook") + path

    async def __aenter__(self) -> Receiver:
        app = web.Application()
        app.router.add_post("/hook", self._handle)
        app.router.add_get("/{path:.*}", self._hand_out)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        update = await request.json()
        self.received.append(update)
        self.headers = dict(request.headers)
        self._news.set()
        return await self.answer(request, update)

    async def _hand_out(self, request: web.Request) -> web.Response:
        return web.Response(body=self._files[request.path])

    async def wait(self, count: int) -> list[Json]:
        """Wait until so many updates have come, and return them."""
        async with asyncio.timeout(20):
            while len(self.received) < count:
                self._news.clear()
                await self._news.wait()
        return self.received
