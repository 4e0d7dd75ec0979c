"""/broadcast: what is sent next goes to many, after it was seen, aimed and confirmed."""

from __future__ import annotations

import html

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from conversation.admin.broadcast_views import (
    ask_view,
    broadcast_view,
    moved_view,
    one_at_a_time_view,
    recall_question,
    refused_view,
    start_question,
)
from conversation.callbacks import admin_broadcasts as data
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import say, show
from services.broadcasts.audience import Audience
from services.broadcasts.broadcasts import BroadcastView, Content
from services.desk import Services
from services.dialogue import expectation
from services.staff.rights import Actor, Right
from storage.tables import User


async def opening(services: Services, actor: Actor, _words: str, _page: int) -> View:
    await services.broadcasts.expect(actor)
    return ask_view(await services.broadcasts.listed())


async def is_expected(message: Message, user: User) -> bool:
    expected = expectation(user)
    return expected is not None and expected.expects == "broadcast" and content_of(message) is not None


def content_of(message: Message) -> Content | None:
    """With its writer's own formatting. None for what cannot go to many."""
    if message.text is not None:
        return None if message.text.startswith("/") else Content("text", message.html_text)
    if message.photo:
        return Content("photo", message.html_text, message.photo[-1].file_id)
    return Content("video", message.html_text, message.video.file_id) if message.video else None


async def written(message: Message, user: User, actor: Actor, services: Services, notifier: Notifier) -> None:
    content = content_of(message)
    if content is None or message.media_group_id is not None:
        await say(message, one_at_a_time_view())
        return
    view = await services.broadcasts.draft(actor, content)
    try:
        await notifier.broadcasts.preview(user, view.broadcast)
    except TelegramBadRequest as refused:
        await services.broadcasts.drop(actor, view.broadcast.id)
        await services.broadcasts.expect(actor)
        await say(message, refused_view(html.escape(refused.message, quote=False)))
        return
    await say(message, broadcast_view(view))


async def aim(
    callback: CallbackQuery, callback_data: data.Aim, services: Services, actor: Actor, notifier: Notifier, tap: Tap
) -> None:
    audience = Audience(callback_data.language, callback_data.activity, callback_data.balance)
    view = await services.broadcasts.aim(actor, callback_data.broadcast, audience)
    await _done(callback, services, notifier, tap, view)


async def look(
    callback: CallbackQuery, callback_data: data.Open, services: Services, notifier: Notifier, tap: Tap
) -> None:
    view = await services.broadcasts.view(callback_data.broadcast)
    await _done(callback, services, notifier, tap, view)


async def start(
    callback: CallbackQuery, callback_data: data.Start, services: Services, actor: Actor, notifier: Notifier, tap: Tap
) -> None:
    if callback_data.sure:
        view = await services.broadcasts.start(actor, callback_data.broadcast)
        await _done(callback, services, notifier, tap, view, _("It goes out."))
        return
    view = await services.broadcasts.view(callback_data.broadcast)
    asked = start_question(view) if view.broadcast.state == "draft" else broadcast_view(view)
    await tap.answer()
    await show(callback, asked)


async def stop(
    callback: CallbackQuery, callback_data: data.Stop, services: Services, actor: Actor, notifier: Notifier, tap: Tap
) -> None:
    view = await services.broadcasts.stop(actor, callback_data.broadcast)
    await _done(callback, services, notifier, tap, view, _("Stopped."))


async def recall(
    callback: CallbackQuery, callback_data: data.Recall, services: Services, actor: Actor, notifier: Notifier, tap: Tap
) -> None:
    if callback_data.sure:
        view = await services.broadcasts.recall(actor, callback_data.broadcast)
        await _done(callback, services, notifier, tap, view, _("It is being deleted."))
        return
    view = await services.broadcasts.view(callback_data.broadcast)
    await tap.answer()
    await show(callback, recall_question(view))


async def drop(
    callback: CallbackQuery, callback_data: data.Drop, services: Services, actor: Actor, notifier: Notifier, tap: Tap
) -> None:
    view = await services.broadcasts.drop(actor, callback_data.broadcast)
    await _done(callback, services, notifier, tap, view)


async def _done(
    callback: CallbackQuery, services: Services, notifier: Notifier, tap: Tap, view: BroadcastView, said: str = ""
) -> None:
    """Shows how it stands, and from now on where it does: the worker keeps that message up to date.

    It may have done so while ours was on its way, or have begun another one: so we look again.
    """
    await tap.answer(said)
    message_id = await show(callback, broadcast_view(view))
    number, before = view.broadcast.id, view.broadcast.card_message_id
    if message_id is None:
        return
    if message_id != before:
        await services.broadcasts.carded(number, message_id=message_id, instead_of=before)
    now = (await services.broadcasts.view(number)).broadcast
    if now.card_message_id != message_id:
        await show(callback, moved_view())
    elif now.state != view.broadcast.state:
        await notifier.broadcasts.show(number)


def router() -> Router:
    made = section_router("broadcast", opening)
    able = Staff(Right.BROADCAST)
    made.message.register(written, is_expected, able)
    for handler, kind in (
        (aim, data.Aim),
        (look, data.Open),
        (start, data.Start),
        (stop, data.Stop),
        (recall, data.Recall),
        (drop, data.Drop),
    ):
        made.callback_query.register(handler, kind.filter(), able)
    return made
