"""Who is banned: one sentence a day, and nothing else works. Their money is still received (handlers.till)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, TelegramObject

from storage.tables import User

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class KeepsOut(BaseMiddleware):
    """Before all filters of what people send, tap and ask."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("user")
        if user is None or user.banned_at is None:
            return await handler(event, data)
        if isinstance(event, CallbackQuery):
            await _stop_the_wheel(event)
        await data["services"].banning.tell(user.id)
        return None


async def _stop_the_wheel(tap: CallbackQuery) -> None:
    try:
        await tap.answer()
    except AiogramError:
        return  # too late, or the network: there was nothing to say
