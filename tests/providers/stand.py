"""A vendor's server that answers what a test wrote down for it, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    route: str
    """`GET /path`."""
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)


class Stand:
    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.over = asyncio.Event()
        self._answers: dict[str, list[Answer]] = {}

    def on(self, route: str, *answers: Answer) -> None:
        """What is answered there, one after the other; the last one from then on."""
        self._answers[route] = list(answers)

    def times(self, route: str) -> int:
        return sum(one.route == route for one in self.asked)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        route = f"{request.method} {request.rel_url.raw_path}"
        self.asked.append(Asked(route, dict(request.headers), await request.read()))
        waiting = self._answers.get(route)
        if not waiting:
            return web.json_response({"error": "not found"}, status=404)
        return await (waiting.pop(0) if len(waiting) > 1 else waiting[0])(request)

    async def stay_silent(self, _request: web.Request) -> web.StreamResponse:
        await self.over.wait()
        return web.Response()


@asynccontextmanager
async def standing() -> AsyncIterator[Stand]:
    stand = Stand()
    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{path:.*}", stand.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    stand.url = f"http://{host}:{port}"
    try:
        yield stand
    finally:
        stand.over.set()
        await runner.cleanup()


def says(body: Any, status: int = 200, **headers: str) -> Answer:
    """JSON. An underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers=named)

    return answer


def page(text: str, status: int = 200) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status, content_type="text/html")

    return answer


def file(data: bytes, *, promised: int | None = None, content_type: str = "video/mp4") -> Answer:
    """The bytes, then the end of the connection if more were promised."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        response.content_length = len(data) if promised is None else promised
        await response.prepare(request)
        await response.write(data)
        if promised is not None:
            cut(request)
        return response

    return answer


def leads_to(address: str, status: int = 302) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": address})

    return answer


async def hangs_up(request: web.Request) -> NoReturn:
    """It has read the whole request, and closes the connection without a word."""
    cut(request)
    raise ConnectionResetError


def cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.close()
