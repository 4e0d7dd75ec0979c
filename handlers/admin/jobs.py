"""/jobs: the state of the work, and the failed jobs that may be done over."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.admin.job_views import dead_letter_view, jobs_view, retried_view, retry_question
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right


async def opening(services: Services, _actor: Actor, _words: str, page: int) -> View:
    letters, _total = await services.dead.listed(page)
    return jobs_view(await services.dead.overview(), letters, page)


async def jobs(
    callback: CallbackQuery, callback_data: callbacks.AdminJobs, services: Services, actor: Actor, tap: Tap
) -> None:
    view = await opening(services, actor, "", callback_data.page)
    await tap.answer()
    await show(callback, view)


async def job(callback: CallbackQuery, callback_data: callbacks.AdminJob, services: Services, tap: Tap) -> None:
    letter = await services.dead.view(callback_data.job)
    await tap.answer()
    await show(callback, dead_letter_view(letter))


async def retry(
    callback: CallbackQuery, callback_data: callbacks.AdminRetry, services: Services, actor: Actor, tap: Tap
) -> None:
    if not callback_data.sure:
        letter = await services.dead.view(callback_data.job)
        await tap.answer()
        await show(callback, retry_question(letter))
        return
    made = await services.dead.retry(actor, callback_data.job)
    await tap.answer()
    await show(callback, retried_view(made))


def router() -> Router:
    made = section_router("jobs", opening)
    made.callback_query.register(jobs, callbacks.AdminJobs.filter(), Staff(Right.JOBS))
    made.callback_query.register(job, callbacks.AdminJob.filter(), Staff(Right.JOBS))
    made.callback_query.register(retry, callbacks.AdminRetry.filter(), Staff(Right.WORK))
    return made
