"""A private chat with the bot: updates go in as Telegram sends them, through the middlewares and all handlers."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from aiogram import Dispatcher
from aiogram.methods import AnswerCallbackQuery, AnswerInlineQuery
from aiogram.types import TelegramObject, Update

import handlers
from bot.middlewares import Acquaintance
from conversation.i18n import Words
from services.users import Newcomer
from storage.tables import User
from tests.conversation.stage import Stage
from tests.support.builders import Shop

_updates = itertools.count(1)
_messages = itertools.count(10_000)

Json = dict[str, Any]
OWNER = 777
PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 900},
    {"file_id": "large", "file_unique_id": "l", "width": 1280, "height": 853, "file_size": 90_000},
]


class Chat:
    """Alice's chat. What the bot did is in `telegram`."""

    def __init__(self, shop: Shop, words: Words, person_id: int, name: str = "Alice", language: str = "en") -> None:
        self.stage = Stage(shop, words)
        self.shop, self.telegram, self.services = shop, self.stage.telegram, self.stage.services
        self.person: Json = {"id": person_id, "is_bot": False, "first_name": name, "language_code": language}
        self.place: Json = {"id": person_id, "type": "private", "first_name": name}
        self._belongings: Json = {
            "acquaintance": Acquaintance(self.stage.users, words),
            "services": self.services,
            "notifier": self.stage.notifier,
            "owners": frozenset({OWNER}),
        }

    async def sends(self, *, edited: bool = False, message_id: int | None = None, **content: Any) -> int:
        """Returns the message's id."""
        number = message_id or next(_messages)
        message = {"message_id": number, "date": 1, "chat": self.place, "from": self.person, **content}
        await self.update(**{"edited_message" if edited else "message": message})
        return number

    async def says(self, text: str) -> int:
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
        return await self.sends(text=text, entities=entities if text.startswith("/") else [])

    async def taps(self, data: str, *, message: Json | None = None) -> Json:
        """Returns the answer. Fails unless there is exactly one."""
        before = len(self.telegram.sent(AnswerCallbackQuery))
        where = {"message_id": 5, "date": 1, "chat": self.place, "text": "old"} if message is None else message
        query = {"id": "q", "from": self.person, "chat_instance": "c", "data": data, "message": where}
        await self.update(callback_query=query)
        answers = self.telegram.sent(AnswerCallbackQuery)[before:]
        assert len(answers) == 1, f"{len(answers)} answers to one tap"
        return {"text": answers[0].text or "", "window": bool(answers[0].show_alert)}

    async def asks(self, text: str = "") -> AnswerInlineQuery:
        """Asks the bot from another chat. Returns the answer."""
        query = {"id": "i", "from": self.person, "query": text, "offset": ""}
        await self.update(inline_query=query)
        answer: AnswerInlineQuery = self.telegram.sent(AnswerInlineQuery)[-1]
        return answer

    async def update(self, **what: Any) -> None:
        update = Update.model_validate({"update_id": next(_updates), **what}, context={"bot": self.stage.bot})
        await _dispatcher().feed_update(self.stage.bot, update, **self._belongings)

    async def user(self) -> User:
        known = Newcomer(self.person["id"], self.person["first_name"], None, self.person["language_code"])
        return (await self.stage.users.meet(known))[0]

    @property
    def heard(self) -> list[str]:
        """What the bot said, oldest first: texts and captions."""
        said = [getattr(call, "text", None) or getattr(call, "caption", None) for call in self.telegram.calls]
        shown = zip(self.telegram.calls, said, strict=True)
        return [words for call, words in shown if words and not isinstance(call, AnswerCallbackQuery)]

    @property
    def last(self) -> str:
        return self.heard[-1]


@cache
def _dispatcher() -> Dispatcher:
    """One for all chats, since it reads the signature of every handler. What is a chat's own comes with each update."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.update.outer_middleware(_acquaint)
    dispatcher.include_router(handlers.setup())
    return dispatcher


async def _acquaint(
    handler: Callable[[TelegramObject, Json], Awaitable[Any]], event: TelegramObject, data: Json
) -> Any:
    return await data.pop("acquaintance")(handler, event, data)
