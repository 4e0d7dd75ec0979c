"""The bot asked from another chat: for a project one has shared, that one; for anything else, one's own invitation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineQuery, InlineQueryResultUnion

from conversation.invite_views import invitation_article, invitation_link, start_first_button
from conversation.share_views import share_link, shared_results, token_in
from services.desk import Services
from storage.tables import User

log = structlog.get_logger(__name__)
CACHE_SECONDS: Final = 10
"""A setting that changes is seen soon; Telegram's own default is 300."""


async def asked(query: InlineQuery, bot: Bot, services: Services, user: User | None = None) -> None:
    try:
        if user is None:
            await query.answer([], is_personal=True, cache_time=CACHE_SECONDS, button=start_first_button())
        else:
            results = await _results(query.query, (await bot.me()).username or "", user, services)
            await query.answer(list(results), is_personal=True, cache_time=CACHE_SECONDS)
    except TelegramBadRequest as refused:  # too late: they have typed on, and asked again
        log.info("inline query not answered", why=refused.message)


async def _results(text: str, username: str, user: User, services: Services) -> Sequence[InlineQueryResultUnion]:
    token = token_in(text)
    # Nobody else's: in whose name it is sent is who shares it.
    shown = await services.sharing.mine(user.id, token) if token else None
    if shown is not None:
        return shared_results(shown, share_link(username, shown.share.token))
    theirs = await services.referrals.invitation(user.id)
    return [invitation_article(theirs, invitation_link(username, theirs.code))]


def router() -> Router:
    made = Router(name="inline")
    made.inline_query.register(asked)
    return made
