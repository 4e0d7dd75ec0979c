"""/jobs: the state of the work, its live jobs and its failed ones; `/jobs 123` opens one."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.admin.job_page import job_view, live_jobs_view
from conversation.admin.job_views import JobsBoard, jobs_view
from conversation.callbacks.admin_jobs import LiveJobs
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right

LARGEST = 2**63
"""A number from here on is none of a job."""


async def opening(services: Services, actor: Actor, words: str, page: int) -> View:
    number = words.removeprefix("#")
    if number.isascii() and number.isdecimal() and int(number) < LARGEST:
        return job_view(await services.sheets.job(int(number)), actor)
    letters, _total = await services.dead.listed(page)
    board = JobsBoard(
        overview=await services.dead.overview(),
        vendors=await services.sheets.vendors(),
        letters=letters,
        page=page,
        paused=services.live.now.paused,
        closed=services.closing.words is not None,
    )
    return jobs_view(board, actor)


async def live(callback: CallbackQuery, callback_data: LiveJobs, services: Services, tap: Tap) -> None:
    listed, total = await services.sheets.live(callback_data.page)
    await tap.answer()
    await show(callback, live_jobs_view(listed, total, callback_data.page))


async def job(
    callback: CallbackQuery, callback_data: callbacks.AdminJob, services: Services, actor: Actor, tap: Tap
) -> None:
    sheet = await services.sheets.job(callback_data.job)
    await tap.answer()
    await show(callback, job_view(sheet, actor))


def router() -> Router:
    made = section_router("jobs", opening)
    made.callback_query.register(live, LiveJobs.filter(), Staff(Right.JOBS))
    made.callback_query.register(job, callbacks.AdminJob.filter(), Staff(Right.JOBS))
    return made
