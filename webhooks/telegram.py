"""Telegram's webhook: verify, store, 200. Handling begins only after the update is durable."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

MAX_BODY_BYTES = 1 << 20
"""An update is a few kilobytes; the largest caption and markup stay far below this."""

Receive = Callable[[list[dict[str, Any]]], Awaitable[None]]


def routes(receive: Receive, secret: str) -> web.RouteTableDef:
    """`POST /telegram/webhook`. An empty secret would accept forged updates, so it is refused here."""
    if not secret:
        raise ValueError("a webhook without a secret accepts updates from anybody")
    table = web.RouteTableDef()

    @table.post("/telegram/webhook")
    async def update(request: web.Request) -> web.Response:
        # Compared as bytes: a header that is no ASCII is a wrong secret, not an error of ours.
        sent = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(sent, secret.encode()):
            return web.Response(status=401)
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not isinstance(body, dict) or not isinstance(body.get("update_id"), int):
            return web.Response(status=400)
        await receive([body])
        return web.Response()

    return table
