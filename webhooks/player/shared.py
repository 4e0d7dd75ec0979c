"""`/p/{token}`: a shared film, for whoever has its link. Whatever is wrong with a link, the answer is the same."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

from conversation.i18n import Words
from conversation.player_words import language_of, link_description
from conversation.wording import project_name
from services.errors import NotYours
from services.screenings import Screenings
from webhooks.player import film
from webhooks.player.assets import Assets
from webhooks.player.page import Guard, Preview, page

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,32}")
PICTURE_SECONDS = 300

Invitation = Callable[[str], Awaitable[str | None]]


def routes(
    screenings: Screenings, assets: Assets, words: Words, *, public_url: str, invitation: Invitation
) -> web.RouteTableDef:
    """`GET /p/{token}`, `/p/{token}/film.json` and `/p/{token}/picture.jpg`.

    `public_url` is our own address, without a slash at its end; `invitation` gives the address at which somebody who
    came by a token meets the bot, or None where the bot's name is not known yet.
    """
    table = web.RouteTableDef()

    @table.get("/p/{token}")
    async def show(request: web.Request) -> web.Response:
        guard = Guard(await screenings.origin())
        with words.speaking(_language(request)):
            try:
                token = _token(request)
                project = await screenings.announced(token)
            except NotYours:
                return page(assets, guard, film=None)
            preview = _preview(f"{public_url}/p/{token}")
            where, yours = f"/p/{token}/film.json", await invitation(token)
            return page(assets, guard, film=where, title=project_name(project), preview=preview, yours=yours)

    @table.get("/p/{token}/film.json")
    async def facts(request: web.Request) -> web.Response:
        with found(), words.speaking(_language(request)):
            return film.answer(await screenings.shared(_token(request)))

    @table.get("/p/{token}/picture.jpg")
    async def picture(request: web.Request) -> web.Response:
        with found():
            data = await screenings.picture(_token(request))
        headers = {"Cache-Control": f"public, max-age={PICTURE_SECONDS}", "X-Robots-Tag": "noindex"}
        return web.Response(body=data, content_type="image/jpeg", headers=headers)

    return table


@contextmanager
def found() -> Iterator[None]:
    """What is not for this viewer does not exist."""
    try:
        yield
    except NotYours as refused:
        raise web.HTTPNotFound(headers={"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}) from refused


def _preview(address: str) -> Preview:
    return Preview(link_description(), address, f"{address}/picture.jpg")


def _language(request: web.Request) -> str:
    return language_of(request.headers.get("Accept-Language", ""))


def _token(request: web.Request) -> str:
    token = request.match_info["token"]
    if not TOKEN.fullmatch(token):
        raise NotYours
    return token
