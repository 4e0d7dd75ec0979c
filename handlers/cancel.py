"""/cancel: forget what the next text would mean; what is being made is stopped only after a question."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversation.callbacks import CancelEverything, KeepWorking
from conversation.help_views import (
    cancel_work_view,
    cancelled_view,
    going_on_view,
    nothing_to_cancel_view,
    stopping_view,
)
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from services.dialogue import expectation
from storage.tables import User


async def cancel(message: Message, user: User, services: Services) -> None:
    making = await services.cards.in_the_making(user.id)
    expected = expectation(user)
    if expected is not None:
        await services.dialogue.expect(user.id, None)
    films = await services.films.in_the_making(user.id)
    if making or films:
        await say(message, cancel_work_view(len(making), len(films)))
    else:
        await say(message, cancelled_view() if expected else nothing_to_cancel_view())


async def stop(callback: CallbackQuery, user: User, services: Services, tap: Tap) -> None:
    """The cards tell the rest: the outbox and the worker redraw them."""
    films, making = await services.films.in_the_making(user.id), await services.cards.in_the_making(user.id)
    if making or not films:
        async with tap.forgiving():
            await services.cancel.drafts(user.id, making)
    for film_id in films:
        async with tap.forgiving():
            await services.cancel.film(user.id, film_id)
    await tap.answer()
    await show(callback, stopping_view())


async def keep(callback: CallbackQuery, tap: Tap) -> None:
    await tap.answer()
    await show(callback, going_on_view())


def router() -> Router:
    made = Router(name="cancel")
    made.message.register(cancel, Command("cancel"))
    made.callback_query.register(stop, CancelEverything.filter())
    made.callback_query.register(keep, KeepWorking.filter())
    return made
