"""The player's pages, as this deployment has them."""

from __future__ import annotations

from functools import partial

from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiohttp import web

from bot.wiring import House
from webhooks.player import mini_app, shared
from webhooks.player.assets import Assets
from webhooks.player.passes import Passes

SANDBOX_PAGES = ("http://127.0.0.1:*", "http://localhost:*")
"""Where the sandbox's chat page can be, which is Telegram's app there."""


def add_player(app: web.Application, house: House) -> None:
    """Shared films for everybody; one's own inside Telegram, where it opens such pages."""
    settings, assets, screenings = house.settings, Assets(), house.services.screenings
    app.add_routes(assets.routes())
    app.add_routes(
        shared.routes(
            screenings, assets, house.words, public_url=settings.address, invitation=partial(_invitation, house)
        )
    )
    if settings.opens_mini_apps:
        app.add_routes(
            mini_app.routes(
                screenings,
                assets,
                house.words,
                token=settings.telegram_bot_token.get_secret_value(),
                passes=Passes(settings.derived_secret("film passes")),
                frames=SANDBOX_PAGES if settings.talks_to_sandbox else mini_app.TELEGRAM_WEB,
            )
        )


async def _invitation(house: House, token: str) -> str | None:
    """Where somebody who saw a film meets the bot; it asks Telegram for the bot's name, once."""
    try:
        me = await house.bot.me()
    except (TelegramAPIError, ClientDecodeError):
        return None  # the film is shown all the same
    return f"{house.settings.telegram_link_url}/{me.username}?start=p_{token}"
