"""/admin: what there is to do for whoever has a role."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.admin.pause_views import closed_news, paused_news
from conversation.admin.payment_views import waiting_payments
from conversation.admin.report_views import waiting_reports
from conversation.admin.sections import menu_view
from conversation.view import View
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from services.staff.rights import Actor, Right


async def menu(message: Message, services: Services, actor: Actor) -> None:
    await say(message, await _menu(services, actor))


async def back(callback: CallbackQuery, services: Services, actor: Actor, tap: Tap) -> None:
    view = await _menu(services, actor)
    await tap.answer()
    await show(callback, view)


async def _menu(services: Services, actor: Actor) -> View:
    news = [closed_news(services.closing.words), paused_news(services.live.now)]
    if actor.may(Right.REPORTS):
        news.append(waiting_reports((await services.reports.waiting())[1]))
    if actor.may(Right.PAYMENTS):
        news.append(waiting_payments((await services.payments.unmatched())[1]))
    return menu_view(actor, [one for one in news if one])


def router() -> Router:
    made = Router(name="menu")
    made.message.register(menu, Command("admin"), Staff())
    made.callback_query.register(back, callbacks.AdminPlace.filter(F.to == "menu"), Staff())
    return made
