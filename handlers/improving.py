"""Better words: asked for, taken, or left. The card shows how things stand, now and when the answer comes."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.notifier import Notifier
from handlers.manners import Tap
from services.desk import Services
from storage.tables import User


async def improve(
    _: CallbackQuery, callback_data: callbacks.Improve, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        await services.improve.ask(user.id, callback_data.draft, after=callback_data.after)
    await tap.answer()
    await notifier.show_draft(user, callback_data.draft)


async def use(
    _: CallbackQuery, callback_data: callbacks.UseBetter, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    draft_id = await services.improve.draft_of(user.id, callback_data.inquiry)
    async with tap.forgiving():
        await services.improve.use(user.id, callback_data.inquiry, over=callback_data.over)
    await tap.answer()
    await notifier.show_draft(user, draft_id)


async def keep(
    _: CallbackQuery, callback_data: callbacks.KeepMine, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    draft_id = await services.improve.draft_of(user.id, callback_data.inquiry)
    async with tap.forgiving():
        await services.improve.keep(user.id, callback_data.inquiry)
    await tap.answer()
    await notifier.show_draft(user, draft_id)


def router() -> Router:
    made = Router(name="improving")
    made.callback_query.register(improve, callbacks.Improve.filter())
    made.callback_query.register(use, callbacks.UseBetter.filter())
    made.callback_query.register(keep, callbacks.KeepMine.filter())
    return made
