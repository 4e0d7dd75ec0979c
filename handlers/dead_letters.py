"""/admin jobs and its buttons: the state of the work, and the failed jobs an owner may have done over."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.job_views import dead_letter_view, jobs_view, retried_view, retry_question
from conversation.view import View
from handlers.manners import Tap
from handlers.owners import owner_taps
from handlers.showing import show
from services.desk import Services


async def state_of_work(services: Services, page: int = 0) -> View:
    letters, _total = await services.dead.listed(page)
    return jobs_view(await services.dead.overview(), letters, page)


async def jobs(callback: CallbackQuery, callback_data: callbacks.AdminJobs, services: Services, tap: Tap) -> None:
    view = await state_of_work(services, callback_data.page)
    await tap.answer()
    await show(callback, view)


async def job(callback: CallbackQuery, callback_data: callbacks.AdminJob, services: Services, tap: Tap) -> None:
    letter = await services.dead.view(callback_data.job)
    await tap.answer()
    await show(callback, dead_letter_view(letter))


async def retry(callback: CallbackQuery, callback_data: callbacks.AdminRetry, services: Services, tap: Tap) -> None:
    if not callback_data.sure:
        letter = await services.dead.view(callback_data.job)
        await tap.answer()
        await show(callback, retry_question(letter))
        return
    made = await services.dead.retry(callback_data.job)
    await tap.answer()
    await show(callback, retried_view(made))


def router() -> Router:
    made = Router(name="dead letters")
    made.callback_query.register(jobs, owner_taps, callbacks.AdminJobs.filter())
    made.callback_query.register(job, owner_taps, callbacks.AdminJob.filter())
    made.callback_query.register(retry, owner_taps, callbacks.AdminRetry.filter())
    return made
