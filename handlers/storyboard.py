"""Approving what came of an album, all at once."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.album_card import approved_text, approved_view
from conversation.notifier import Notifier
from handlers.manners import Tap
from handlers.showing import tell
from services.desk import Services
from services.errors import AlreadyDone
from storage.tables import User


async def approve_all(
    callback: CallbackQuery,
    callback_data: callbacks.ApproveAll,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    try:
        approved = await services.storyboard.approve_all(user.id, callback_data.album)
    except AlreadyDone as refusal:
        await tap.refuse(refusal)
        await notifier.show_album(user, callback_data.album)
        return
    await tap.answer(approved_text(approved))
    await notifier.show_album(user, callback_data.album)
    await tell(callback, approved_view(approved))
    for take_id in approved.take_ids:
        await notifier.show_take(user, await services.takes.view(user.id, take_id))


def router() -> Router:
    made = Router(name="storyboard")
    made.callback_query.register(approve_all, callbacks.ApproveAll.filter())
    return made
