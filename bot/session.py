"""How the bot talks to Telegram over HTTP: aiogram's way, which remembers how answers are read."""

from __future__ import annotations

from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType


class Session(AiohttpSession):
    """Keeps what reads each kind of answer.

    Pydantic forgets a `Response[…]` that nobody has any more, and aiogram has it for the length of one answer. Making
    them again, each with all that a message can lead to, was a fifth of a worker's time.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._readers: dict[type[TelegramMethod[Any]], type[Response[Any]]] = {}

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        if type(method) not in self._readers:
            self._readers[type(method)] = Response[method.__returning__]  # type: ignore[name-defined]
        return super().check_response(bot, method, status_code, content)
