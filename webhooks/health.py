"""`/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import REGISTRY
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[None]]


def routes(checks: dict[str, Check]) -> web.RouteTableDef:
    """`checks` raise when a thing the process needs is not there."""
    table = web.RouteTableDef()

    @table.get("/healthz")
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    @table.get("/readyz")
    async def ready(_request: web.Request) -> web.Response:
        failed = []
        for name, check in checks.items():
            try:
                await check()
            except Exception:  # noqa: BLE001 - whatever keeps it from serving, the answer is the same 503
                failed.append(name)
        return web.json_response({"ok": not failed, "failed": failed}, status=503 if failed else 200)

    @table.get("/metrics")
    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return table
