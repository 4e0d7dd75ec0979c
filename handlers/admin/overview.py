"""/overview: the figures and their chart, one message that changes."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiogram import F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, InputMediaPhoto, Message

from conversation import callbacks
from conversation.admin.overview_views import overview_panels, overview_view
from conversation.callbacks.admin_overview import AdminOverview
from conversation.faults import says_unchanged
from conversation.view import View
from handlers.admin.door import Staff
from handlers.manners import Tap
from media.chart import chart
from services.desk import Services
from services.figures import Span
from services.staff.rights import Actor, Right

SPANS: Final[dict[str, Span]] = {"today": 1, "week": 7, "month": 30}


async def by_command(message: Message, services: Services, actor: Actor) -> None:
    view, picture = await _drawn(services, actor, 1)
    await message.answer_photo(picture, caption=view.text, reply_markup=view.keyboard)


async def by_button(callback: CallbackQuery, services: Services, actor: Actor, tap: Tap) -> None:
    """From the menu, which is a text and has no place for a picture."""
    await _show(callback, await _drawn(services, actor, 1), tap)


async def switch(
    callback: CallbackQuery, callback_data: AdminOverview, services: Services, actor: Actor, tap: Tap
) -> None:
    await _show(callback, await _drawn(services, actor, SPANS[callback_data.span]), tap)


async def _drawn(services: Services, actor: Actor, span: Span) -> tuple[View, BufferedInputFile]:
    values = await services.live.refresh()
    report = await services.figures.report(span)
    picture = await asyncio.to_thread(chart, overview_panels(report))
    view = overview_view(report, values, sets_prices=actor.may(Right.VALUES))
    return view, BufferedInputFile(picture, "overview.jpg")


async def _show(callback: CallbackQuery, drawn: tuple[View, BufferedInputFile], tap: Tap) -> None:
    """In the message whose button was tapped, if it is a picture that can still be edited; else in a new one."""
    await tap.answer()
    view, picture = drawn
    if isinstance(callback.message, Message) and callback.message.photo:
        media = InputMediaPhoto(media=picture, caption=view.text)
        try:
            await callback.message.edit_media(media, reply_markup=view.keyboard)
        except TelegramBadRequest as refused:
            if says_unchanged(refused):
                return
        else:
            return
    if callback.bot is not None:
        await callback.bot.send_photo(callback.from_user.id, picture, caption=view.text, reply_markup=view.keyboard)


def router() -> Router:
    made = Router(name="overview")
    made.message.register(by_command, Command("overview"), Staff(Right.OVERVIEW))
    place: Any = F.to == "overview"
    made.callback_query.register(by_button, callbacks.AdminPlace.filter(place), Staff(Right.OVERVIEW))
    made.callback_query.register(switch, AdminOverview.filter(), Staff(Right.OVERVIEW))
    return made
