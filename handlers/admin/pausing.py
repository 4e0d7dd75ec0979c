"""A vendor's page, and beginning nothing new for a while: there, or at all."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation.admin.pause_views import pause_question
from conversation.admin.vendor_views import vendor_question, vendor_view
from conversation.callbacks.admin_jobs import OpenVendor, PauseAll, PauseVendor
from handlers.admin import jobs
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.jobs import states
from services.staff.rights import Actor, Right


async def vendor(
    callback: CallbackQuery, callback_data: OpenVendor, services: Services, actor: Actor, tap: Tap
) -> None:
    sheet = await services.sheets.vendor(callback_data.vendor)
    await tap.answer()
    await show(callback, vendor_view(sheet, actor))


async def pause_vendor(
    callback: CallbackQuery, callback_data: PauseVendor, services: Services, actor: Actor, tap: Tap
) -> None:
    name = callback_data.vendor
    if not callback_data.sure:
        sheet = await services.sheets.vendor(name)
        await tap.answer()
        await show(callback, vendor_question(sheet, pause=callback_data.pause))
        return
    async with tap.forgiving():
        await _switch(services, actor, name, pause=callback_data.pause)
    await tap.answer()
    await show(callback, vendor_view(await services.sheets.vendor(name), actor))


async def pause_all(
    callback: CallbackQuery, callback_data: PauseAll, services: Services, actor: Actor, tap: Tap
) -> None:
    if not callback_data.sure:
        waiting = (await services.dead.overview()).counts.get(states.QUEUED, 0)
        await tap.answer()
        await show(callback, pause_question(waiting, pause=callback_data.pause))
        return
    async with tap.forgiving():
        await _switch(services, actor, None, pause=callback_data.pause)
    await tap.answer()
    await show(callback, await jobs.opening(services, actor, "", 0))


async def _switch(services: Services, actor: Actor, vendor: str | None, *, pause: bool) -> None:
    await (services.pausing.pause(actor, vendor) if pause else services.pausing.resume(actor, vendor))


def router() -> Router:
    made = Router(name="pausing")
    made.callback_query.register(vendor, OpenVendor.filter(), Staff(Right.JOBS))
    made.callback_query.register(pause_vendor, PauseVendor.filter(), Staff(Right.WORK))
    made.callback_query.register(pause_all, PauseAll.filter(), Staff(Right.WORK))
    return made
