"""`/app/film/{project}`: the player inside Telegram, for the owner of a project.

The page itself says nothing of anybody. It hands over what Telegram told it about its viewer, and only then, if that
is genuine, fresh and the owner, it hears what to play.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from conversation.i18n import Words
from conversation.player_words import language_of
from services.errors import NotYours
from services.screenings import Screenings
from webhooks.player import film
from webhooks.player.assets import Assets
from webhooks.player.init_data import NotFromTelegram, viewer
from webhooks.player.page import Guard, page
from webhooks.player.passes import Passes, PassRefused
from webhooks.player.shared import found

TELEGRAM_WEB = ("https://web.telegram.org", "https://*.web.telegram.org")
"""The apps of Telegram that are pages themselves show a Mini App in a frame."""
PROJECT = r"{project:[1-9]\d{0,17}}"


def routes(
    screenings: Screenings,
    assets: Assets,
    words: Words,
    *,
    token: str,
    passes: Passes,
    frames: Sequence[str] = TELEGRAM_WEB,
    clock: Callable[[], float] = time.time,
) -> web.RouteTableDef:
    """`GET /app/film/{project}` and `POST …/film.json {init_data | pass}`. `token` is the bot's."""
    table = web.RouteTableDef()

    @table.get(f"/app/film/{PROJECT}")
    async def show(request: web.Request) -> web.Response:
        with words.speaking(_language(request)):
            guard = Guard(await screenings.origin(), frames)
            return page(assets, guard, film=f"{request.path}/film.json")

    @table.post(f"/app/film/{PROJECT}/film.json")
    async def facts(request: web.Request) -> web.Response:
        project_id = int(request.match_info["project"])
        said = await _said(request)
        with found(), words.speaking(_language(request)):
            telegram_id = _viewer(said, project_id)
            screening = await screenings.own(telegram_id, project_id)
            kept = said.get("pass") or passes.issue(telegram_id, project_id, now=clock())
            return film.answer(screening, **{"pass": kept})

    def _viewer(said: dict[str, Any], project_id: int) -> int:
        try:
            if isinstance(shown := said.get("pass"), str):
                return passes.viewer(shown, project_id, now=clock())
            return viewer(str(said.get("init_data", "")), token=token, now=clock())
        except (NotFromTelegram, PassRefused) as refused:
            raise NotYours from refused

    return table


async def _said(request: web.Request) -> dict[str, Any]:
    try:
        said = json.loads(await request.read())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _language(request: web.Request) -> str:
    return language_of(request.headers.get("Accept-Language", ""))
