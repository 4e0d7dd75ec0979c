"""What is done to one job with a tap, and asked about before: done over, ended, given to another vendor."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.admin.job_page import fail_question, job_view, move_question, retry_question
from conversation.admin.job_views import retried_view
from conversation.callbacks.admin_jobs import FailJob, MoveJob
from conversation.i18n import gettext as _
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right


async def retry(
    callback: CallbackQuery, callback_data: callbacks.AdminRetry, services: Services, actor: Actor, tap: Tap
) -> None:
    if not callback_data.sure:
        sheet = await services.sheets.job(callback_data.job)
        await tap.answer()
        await show(callback, retry_question(sheet))
        return
    made = await services.dead.retry(actor, callback_data.job)
    await tap.answer()
    await show(callback, retried_view(made))


async def fail(callback: CallbackQuery, callback_data: FailJob, services: Services, actor: Actor, tap: Tap) -> None:
    if not callback_data.sure:
        sheet = await services.sheets.job(callback_data.job)
        await tap.answer()
        await show(callback, fail_question(sheet) if sheet.live else job_view(sheet, actor))
        return
    async with tap.forgiving():
        await services.steering.fail(actor, callback_data.job)
        await tap.answer(_("Ended: they are told."))
    await show(callback, job_view(await services.sheets.job(callback_data.job), actor))


async def move(callback: CallbackQuery, callback_data: MoveJob, services: Services, actor: Actor, tap: Tap) -> None:
    if not callback_data.sure:
        sheet = await services.sheets.job(callback_data.job)
        await tap.answer()
        await show(callback, move_question(sheet, callback_data.vendor))
        return
    async with tap.forgiving():
        await services.steering.move(actor, callback_data.job, callback_data.vendor)
        await tap.answer(_("Moved: it is made there now."))
    await show(callback, job_view(await services.sheets.job(callback_data.job), actor))


def router() -> Router:
    made = Router(name="job deeds")
    for handler, data in ((retry, callbacks.AdminRetry), (fail, FailJob), (move, MoveJob)):
        made.callback_query.register(handler, data.filter(), Staff(Right.WORK))
    return made
