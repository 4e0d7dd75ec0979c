"""The sandbox as one aiohttp application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from sandbox.control import (
    chats,
    groups,
    links,
    payments,
    people,
    sharing,
    stream,
    stripe,
    stripe_events,
    studio,
    vendors,
    workshop,
)
from sandbox.control.errors import refusals_as_json
from sandbox.stripe.account import Account
from sandbox.stripe.checkout.pages import add_pages
from sandbox.stripe.server import add_stripe
from sandbox.telegram import server
from sandbox.telegram.request import MAX_BODY
from sandbox.telegram.webhooks import Webhooks
from sandbox.telegram.world import World
from sandbox.vendors.house import House
from sandbox.vendors.server import add_vendors

PAGE = Path(__file__).parent / "page" / "static"


def build_app(world: World) -> web.Application:
    """Return the application that serves this world: Bot API, Stripe, AI vendors, control API and chat page."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[refusals_as_json])
    app[server.WORLD] = world
    app.on_response_prepare.append(_label)
    app.on_shutdown.append(_let_waiting_go)
    app.cleanup_ctx.append(_deliver)
    server.add_routes(app)
    add_stripe(app, Account(world.store.folder, world.clock))
    add_vendors(app, House(world.store.folder, world.clock))
    add_pages(app)
    app[studio.SWITCH] = studio.Switch()
    telegram = (people, chats, groups, payments, sharing, stream, links)
    for part in (*telegram, stripe, stripe_events, studio, vendors, workshop):
        app.add_routes(part.routes)
    if PAGE.is_dir():
        app.router.add_get("/", _show_page)
        app.router.add_get("/favicon.ico", _show_icon)
        app.router.add_static("/", PAGE)
    return app


async def _show_page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


async def _show_icon(_request: web.Request) -> web.FileResponse:
    """Browsers ask for it by this name where a page cannot name its own: a picture, a film, an answer in JSON."""
    return web.FileResponse(PAGE / "favicon.svg", headers={"Content-Type": "image/svg+xml"})


async def _label(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Sandbox"] = "echoes"


async def _deliver(app: web.Application) -> AsyncIterator[None]:
    """Deliver to webhooks while the application runs; close the world when nothing needs it any more."""
    world = app[server.WORLD]
    webhooks = Webhooks(world)
    await webhooks.start()
    yield
    await webhooks.stop()
    world.close()


async def _let_waiting_go(app: web.Application) -> None:
    app[server.WORLD].let_waiting_go()
