"""Groups: the bot works in private, and says so to those who call it."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from conversation.errors import sentence
from conversation.help_views import groups_view
from handlers.manners import Tap
from handlers.showing import say
from services.errors import NotYours


async def in_group(message: Message) -> bool:
    return message.chat.type != "private"


async def tapped_in_group(callback: CallbackQuery) -> bool:
    return callback.message is not None and callback.message.chat.type != "private"


async def in_group_said(message: Message, bot: Bot) -> None:
    """Only commands are answered; the rest is talk between others."""
    if (message.text or "").startswith("/"):
        await say(message, groups_view((await bot.me()).username or ""))


async def overheard(_message: Message) -> None:
    """An edited message in a group is nothing to us."""


async def tapped(_callback: CallbackQuery, tap: Tap) -> None:
    await tap.answer(sentence(NotYours()))


def router() -> Router:
    made = Router(name="groups")
    made.message.register(in_group_said, in_group)
    made.edited_message.register(overheard, in_group)
    made.callback_query.register(tapped, tapped_in_group)
    return made
