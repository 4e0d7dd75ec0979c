"""Sharing a project: its card with the links, taking it back, and playing it to whoever comes by its link."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.project_views import project_view
from conversation.share_views import (
    not_shared_view,
    opening_view,
    played_view,
    share_link,
    share_view,
    stopped_view,
)
from conversation.view import View
from conversation.wording import project_name
from handlers.manners import Tap
from handlers.showing import say, tell
from handlers.start import start
from media.qr import qr_card
from services.arrivals import SHARED_PROJECT
from services.desk import Services
from services.errors import NotYours
from services.sharing import SharedProject
from storage.tables import User

log = structlog.get_logger(__name__)


async def share(
    _callback: CallbackQuery,
    callback_data: callbacks.ShareProject,
    bot: Bot,
    user: User,
    services: Services,
    tap: Tap,
) -> None:
    """From this tap on there is a link; before it, nobody but its owner sees a project."""
    await services.sharing.share(user.id, callback_data.project)
    facts = await services.sharing.facts(user.id, callback_data.project)
    if facts is None:  # taken back at the same moment, by a tap elsewhere
        raise NotYours
    await tap.answer()
    me = await bot.me()
    link = share_link(me.username or "", facts.share.token)
    card = await asyncio.to_thread(qr_card, link, project_name(facts.project), f"@{me.username}")
    view = share_view(facts, link, inline=bool(me.supports_inline_queries))
    picture = BufferedInputFile(card, "project.jpg")
    await bot.send_photo(user.telegram_id, picture, caption=view.text, reply_markup=view.keyboard)


async def stop(
    callback: CallbackQuery, callback_data: callbacks.StopSharing, user: User, services: Services, tap: Tap
) -> None:
    project = (await services.projects.view(user.id, callback_data.project)).summary.project
    await services.sharing.revoke(user.id, project.id)
    await tap.answer(_("⏹ No longer shared"))
    await _caption(callback, stopped_view(project))


async def opened(
    message: Message,
    command: CommandObject,
    bot: Bot,
    user: User,
    services: Services,
    notifier: Notifier,
    is_new: bool,
) -> None:
    """Somebody came by the link of a project. What that is worth was decided when they were registered."""
    shown = await services.sharing.shown((command.args or "").strip().removeprefix(SHARED_PROJECT))
    if shown is None:
        await say(message, not_shared_view())
        if is_new:
            await start(message, user, services, is_new)
    elif shown.share.user_id == user.id:
        await say(message, project_view(await services.projects.view(user.id, shown.project.id)))
    else:
        await say(message, opening_view(shown))
        await _play(bot, user, notifier, shown)
        await say(message, played_view(shown))


async def make_own(callback: CallbackQuery, user: User, services: Services, is_new: bool, tap: Tap) -> None:
    """How it is done, for who has only watched so far."""
    await tap.answer()
    if isinstance(callback.message, Message):
        await start(callback.message, user, services, is_new)


async def _play(bot: Bot, user: User, notifier: Notifier, shown: SharedProject) -> None:
    """The film where the messenger has it, else clip after clip: what it has once costs nothing to send to others."""
    film = shown.film
    if film is not None and film.video_file_id:
        try:
            await bot.send_video(user.telegram_id, film.video_file_id, supports_streaming=True)
        except TelegramBadRequest as refused:
            log.info("clips are sent instead of the film", why=refused.message)
        else:
            return
    await notifier.send_clips(user, shown.takes, shown.captions)


async def _caption(callback: CallbackQuery, view: View) -> None:
    """In the card whose button it was, where it still can be edited."""
    message = callback.message
    if isinstance(message, Message) and message.photo:
        with suppress(TelegramBadRequest):  # unchanged, or gone: it is no longer shared all the same
            await message.edit_caption(caption=view.text, reply_markup=view.keyboard)
        return
    await tell(callback, view)


def router() -> Router:
    made = Router(name="sharing")
    shared: Any = F.args.startswith(SHARED_PROJECT)
    made.message.register(opened, CommandStart(deep_link=True, magic=shared))
    made.callback_query.register(share, callbacks.ShareProject.filter())
    made.callback_query.register(stop, callbacks.StopSharing.filter())
    made.callback_query.register(make_own, callbacks.MakeOwn.filter())
    return made
