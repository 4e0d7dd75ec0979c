"""While the house is closed: everybody but staff gets the words that were written for it, and nothing else works.

What was paid or ordered before goes on: news of money comes before this (handlers.till), and work and deliveries do not
pass here at all.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, InlineQuery, Message, TelegramObject

from conversation.view import TEXT_LIMIT, shortened
from handlers.manners import TOAST_LIMIT
from services.closing import Closing

log = structlog.get_logger(__name__)
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class KeepsClosed(BaseMiddleware):
    """Before all filters of what people send, tap and ask."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        closing: Closing = data["services"].closing
        words = await closing.words_for(data.get("user"))
        if words is None:
            return await handler(event, data)
        try:
            await _say(closing, event, words)
        except AiogramError as error:  # a blocked bot, the network: they ask again if they want to know
            log.info("could not say that it is closed", why=type(error).__name__)
        return None


async def _say(closing: Closing, event: TelegramObject, words: str) -> None:
    if isinstance(event, CallbackQuery):
        await event.answer(shortened(words, TOAST_LIMIT), show_alert=True)
    elif isinstance(event, InlineQuery):
        await event.answer([], is_personal=True, cache_time=1)
    elif isinstance(event, Message) and _is_said_to_us(event) and closing.is_to_be_told(event.chat.id):
        await event.answer(html.escape(shortened(words, TEXT_LIMIT), quote=False))


def _is_said_to_us(message: Message) -> bool:
    """Not among others in a group, and not again where somebody mends what they wrote."""
    return message.chat.type == "private" and message.edit_date is None
