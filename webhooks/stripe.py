"""Stripe's webhook: verify, store, 200. And where the browser comes to after paying, which proves nothing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from providers.payments import Forged

MAX_BODY_BYTES = 256 * 1024
"""An event is a few kilobytes."""
CHECKOUT_ID = re.compile(r"cs_\w{8,200}", re.ASCII)

Verify = Callable[[bytes, str | None], dict[str, Any]]
Receive = Callable[[dict[str, Any]], Awaitable[None]]
Refused = Callable[[], Awaitable[None]]
Returned = Callable[[str], Awaitable[str | None]]
Chat = Callable[[str | None], Awaitable[str]]


def webhook(verify: Verify, receive: Receive, refused: Refused) -> web.RouteTableDef:
    """`POST /stripe/webhook`. `verify` raises Forged, which `refused` is told; `receive` returns when the event is
    durable.
    """
    table = web.RouteTableDef()

    @table.post("/stripe/webhook")
    async def event(request: web.Request) -> web.Response:
        try:
            # The bytes as they came: what is signed is not what a parser would write again.
            body = verify(await _bounded(request), request.headers.get("Stripe-Signature"))
        except Forged:
            await refused()
            return web.Response(status=400)
        await receive(body)
        return web.Response()

    return table


def return_page(returned: Returned, chat: Chat) -> web.RouteTableDef:
    """`GET /stripe/return?session=`: ask about that visit at once, then on to the chat.

    `returned` gives the token of the order that a visit was for; `chat` the address for a token, or for none.
    """
    table = web.RouteTableDef()

    @table.get("/stripe/return")
    async def back(request: web.Request) -> web.Response:
        checkout_id = request.query.get("session", "")
        token = await returned(checkout_id) if CHECKOUT_ID.fullmatch(checkout_id) else None
        return web.Response(status=302, headers={"Location": await chat(token), "Cache-Control": "no-store"})

    return table


async def _bounded(request: web.Request) -> bytes:
    """The body; a longer one is not even read to its end."""
    body = bytearray()
    if (request.content_length or 0) <= MAX_BODY_BYTES:
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                break
        else:
            return bytes(body)
    raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, request.content_length or len(body))
