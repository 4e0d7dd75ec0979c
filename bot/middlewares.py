"""What every update goes through before its handler: who is it, and which language do they read."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.types import Chat, TelegramObject, Update
from aiogram.types import User as TelegramUser

from conversation.i18n import Words
from services.users import Newcomer, Users, spoken

START: Final = re.compile(r"/start(?:@\w+)? +([A-Za-z0-9_-]{1,64})\s*")

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
            await self._introduce(event, sender, data)
            language = data["user"].language if data.get("user") else language
        with self._words.speaking(language):
            return await handler(event, data)

    async def _introduce(self, event: TelegramObject, sender: TelegramUser, data: dict[str, Any]) -> None:
        if isinstance(event, Update) and event.inline_query is not None:
            # Said in somebody else's chat. Whoever comes by a friend's link later must still be new.
            data["user"] = await self._users.find(sender.id)
            return
        payload = _payload(event)
        newcomer = Newcomer(sender.id, sender.first_name, sender.username, sender.language_code, came_with=payload)
        data["user"], data["is_new"] = await self._users.meet(newcomer)


def _payload(event: TelegramObject) -> str | None:
    """What a deep link carried: 1 to 64 of A-Z, a-z, 0-9, _ and - (Bot API, deep linking). Anybody can type it."""
    said = event.message.text if isinstance(event, Update) and event.message else None
    start = START.fullmatch(said or "")
    return start[1] if start else None
