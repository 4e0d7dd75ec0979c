"""Telling somebody that they have a role now, or none any more, and giving them the commands that go with it."""

from __future__ import annotations

from typing import Any

from aiogram import Bot

from conversation.admin.staff_views import role_view
from conversation.commands import announce_to
from conversation.i18n import Words
from services.desk import Services
from storage.tables import User


class RoleMessage:
    def __init__(self, bot: Bot, services: Services, words: Words) -> None:
        self._bot = bot
        self._services = services
        self._words = words

    async def tell(self, user: User, _payload: dict[str, Any]) -> None:
        """As it is now: of two changes in a row, both say the last."""
        actor = await self._services.staff.actor(user)
        with self._words.speaking(user.language):
            view = role_view(actor.role if actor else None)
            await announce_to(self._bot, user, actor)
        await self._bot.send_message(user.telegram_id, view.text, reply_markup=view.keyboard)
