"""`/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import REGISTRY
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[bool]]


def routes(checks: dict[str, Check]) -> web.RouteTableDef:
    """`checks` say whether a thing the process needs is there."""
    table = web.RouteTableDef()

    @table.get("/healthz")
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    @table.get("/readyz")
    async def ready(_request: web.Request) -> web.Response:
        failed = [name for name, check in checks.items() if not await check()]
        return web.json_response({"ok": not failed, "failed": failed}, status=503 if failed else 200)

    @table.get("/metrics")
    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return table
