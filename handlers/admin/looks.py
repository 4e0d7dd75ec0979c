"""What looking at the vendors' lists has mended, behind /payments and /reports; and having them looked at now."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation.admin.look_views import looks_view
from conversation.callbacks.admin_reports import OpenLooks, WantLook
from conversation.i18n import gettext as _
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right


async def looks(callback: CallbackQuery, callback_data: OpenLooks, services: Services, tap: Tap) -> None:
    shown = await services.looks.shown(callback_data.page)
    await tap.answer()
    await show(callback, looks_view(shown))


async def look_now(callback: CallbackQuery, services: Services, actor: Actor, tap: Tap) -> None:
    async with tap.forgiving():
        await services.looks.want(actor)
    await tap.answer(_("They are looked at within seconds. Open this page again then."))
    await show(callback, looks_view(await services.looks.shown()))


def router() -> Router:
    made = Router(name="looks")
    made.callback_query.register(looks, OpenLooks.filter(), Staff(Right.PAYMENTS))
    made.callback_query.register(look_now, WantLook.filter(), Staff(Right.PAYMENTS))
    return made
