"""What every update goes through before its handler: who is it, and which language do they read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Chat, TelegramObject
from aiogram.types import User as TelegramUser

from conversation.i18n import Words
from services.users import Newcomer, Users, spoken

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Acquaintance(BaseMiddleware):
    """Registers people at their first private update, and puts `user` and `is_new` into the handler's reach.

    In groups nobody is registered: what is said there is not said to the bot.
    """

    def __init__(self, users: Users, words: Words) -> None:
        self._users = users
        self._words = words

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        sender: TelegramUser | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        language = spoken(sender.language_code if sender else None)
        if sender is not None and not sender.is_bot and (chat is None or chat.type == "private"):
            newcomer = Newcomer(sender.id, sender.first_name, sender.username, sender.language_code)
            data["user"], data["is_new"] = await self._users.meet(newcomer)
            language = data["user"].language
        with self._words.speaking(language):
            return await handler(event, data)
