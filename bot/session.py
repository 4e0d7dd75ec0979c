"""How the bot talks to Telegram over HTTP: aiogram's way, which remembers how answers are read."""

from __future__ import annotations

from functools import cache
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType


class Session(AiohttpSession):
    """Keeps what reads each kind of answer."""

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        reader_of(method.__returning__)
        return super().check_response(bot, method, status_code, content)


@cache
def reader_of(kind: Any) -> type[Response[Any]]:
    """What reads answers that hold a `kind`, made once.

    Pydantic forgets a `Response[…]` that nobody has any more, and aiogram has it for the length of one answer. Making
    them again, each with all that a message can lead to, was a fifth of a worker's time.
    """
    return Response[kind]
