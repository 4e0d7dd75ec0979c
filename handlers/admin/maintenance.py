"""Closing the house to everybody but staff, with words of one's own, and opening it again."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from conversation.admin.pause_views import ask_words_view, close_question, closing_view, open_question
from conversation.callbacks.admin_jobs import CloseHouse
from conversation.callbacks.fields import mark
from handlers.admin.asking import answered, ask_back, is_expected
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.dialogue import Expectation
from services.errors import AlreadyDone, ValueNotUsable
from services.staff.rights import Actor, Right
from storage.tables import User


async def look(callback: CallbackQuery, services: Services, tap: Tap) -> None:
    await tap.answer()
    await show(callback, closing_view(services.closing.words))


async def write(callback: CallbackQuery, services: Services, actor: Actor, tap: Tap) -> None:
    await services.dialogue.expect(actor.user_id, Expectation("maintenance", actor.user_id))
    await tap.answer()
    await show(callback, ask_words_view())


async def told(message: Message, user: User, services: Services) -> None:
    """The words: nothing happens before the question that follows is answered."""
    words = message.text or ""
    try:
        services.closing.check(words)
    except ValueNotUsable:
        await ask_back(message, user, services, None, otherwise=ask_words_view())
    else:
        await ask_back(message, user, services, close_question(words))


async def close(callback: CallbackQuery, callback_data: CloseHouse, services: Services, actor: Actor, tap: Tap) -> None:
    _said, words = answered(callback)
    if mark(words) != callback_data.mark:
        raise AlreadyDone  # the message was edited since
    async with tap.forgiving():
        await services.closing.close(actor, words)
    await look(callback, services, tap)


async def reopen(
    callback: CallbackQuery, callback_data: CloseHouse, services: Services, actor: Actor, tap: Tap
) -> None:
    if not callback_data.sure:
        await tap.answer()
        await show(callback, open_question())
        return
    async with tap.forgiving():
        await services.closing.open(actor)
    await look(callback, services, tap)


def router() -> Router:
    made = Router(name="maintenance")
    made.message.register(told, is_expected("maintenance"), Staff(Right.WORK))
    for handler, step in ((look, "look"), (write, "write"), (close, "close"), (reopen, "open")):
        made.callback_query.register(handler, CloseHouse.filter(F.step == step), Staff(Right.WORK))
    return made
