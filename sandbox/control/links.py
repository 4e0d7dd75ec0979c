"""`/t.me/…`: Telegram's own addresses, on this machine. Each opens the chat page at what it means."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

routes = web.RouteTableDef()


@routes.get("/t.me/share/url")
async def share(request: web.Request) -> web.Response:
    """Let the person at the page send an address to somebody."""
    return _page(url=request.query.get("url", ""), text=request.query.get("text", ""))


@routes.get("/t.me/${slug}")
@routes.get("/t.me/invoice/{slug}")
async def pay(request: web.Request) -> web.Response:
    """Show an invoice."""
    return _page(invoice=request.match_info["slug"])


@routes.get(r"/t.me/{username:\w+}")
async def visit(request: web.Request) -> web.Response:
    """Open the chat with a bot, and start it if the address says so."""
    start = request.query.get("start")
    return _page(bot=request.match_info["username"], **({} if start is None else {"start": start}))


def _page(**query: str) -> web.Response:
    return web.Response(status=302, headers={"Location": f"/?{urlencode(query)}"})
