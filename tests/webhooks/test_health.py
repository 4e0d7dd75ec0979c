"""Health: alive is not ready."""

from __future__ import annotations

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from webhooks import health


async def fetch(checks: dict[str, health.Check], path: str) -> tuple[int, str]:
    app = web.Application()
    app.add_routes(health.routes(checks))
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession() as client,
        client.get(server.make_url(path)) as response,
    ):
        return response.status, await response.text()


async def well() -> bool:
    return True


async def ill() -> bool:
    return False


async def test_it_is_alive_whatever_it_lacks() -> None:
    assert (await fetch({"database": ill}, "/healthz"))[0] == 200


async def test_it_is_ready_when_every_check_passes() -> None:
    assert (await fetch({"database": well}, "/readyz"))[0] == 200


async def test_it_is_not_ready_when_one_fails_and_names_it() -> None:
    status, body = await fetch({"queue": well, "database": ill}, "/readyz")
    assert status == 503
    assert "database" in body
    assert "queue" not in body


async def test_metrics_can_be_scraped() -> None:
    status, body = await fetch({}, "/metrics")
    assert status == 200
    assert "python_info" in body
