"""The bot asked from another chat: whatever is typed, the answer is one's own invitation and nobody else's."""

from __future__ import annotations

from typing import Final

import structlog
from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineQuery

from conversation.invite_views import invitation_article, invitation_link, start_first_button
from services.desk import Services
from storage.tables import User

log = structlog.get_logger(__name__)
CACHE_SECONDS: Final = 10
"""A setting that changes is seen soon; Telegram's own default is 300."""


async def invitation(query: InlineQuery, bot: Bot, services: Services, user: User | None = None) -> None:
    me = await bot.me()
    try:
        if user is None:
            await query.answer([], is_personal=True, cache_time=CACHE_SECONDS, button=start_first_button())
        else:
            theirs = await services.referrals.invitation(user.id)
            article = invitation_article(theirs, invitation_link(me.username or "", theirs.code))
            await query.answer([article], is_personal=True, cache_time=CACHE_SECONDS)
    except TelegramBadRequest as refused:  # too late: they have typed on, and asked again
        log.info("inline query not answered", why=refused.message)


def router() -> Router:
    made = Router(name="inline")
    made.inline_query.register(invitation)
    return made
