"""/reports: what people asked, oldest first, to be answered or closed; `/reports S17-5` opens one."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from conversation.admin.report_views import (
    answer_question,
    ask_answer_view,
    close_question,
    report_view,
    reports_view,
)
from conversation.callbacks.admin_reports import CloseReport, OpenReport, SendAnswer, WriteAnswer
from conversation.i18n import gettext as _
from conversation.view import View, units
from handlers.admin.asking import answered, ask_back, is_expected
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show, tell
from services.desk import Services
from services.dialogue import Expectation, expectation
from services.errors import ReportClosed
from services.helping import MESSAGE_LIMIT
from services.staff.rights import Actor, Right
from storage.tables import User


async def opening(services: Services, actor: Actor, words: str, page: int) -> View:
    if words:
        return report_view(await services.reports.find(words), actor)
    return reports_view(*await services.reports.waiting(page), page, actor)


async def report(
    callback: CallbackQuery, callback_data: OpenReport, services: Services, actor: Actor, tap: Tap
) -> None:
    view = report_view(await services.reports.view(callback_data.report), actor)
    await tap.answer()
    await show(callback, view)


async def ask(
    callback: CallbackQuery, callback_data: WriteAnswer, user: User, services: Services, actor: Actor, tap: Tap
) -> None:
    """In a new message: the report stays to be read while they write."""
    seen = await services.reports.view(callback_data.report)
    if seen.question.closed_at is not None:
        await tap.refuse(ReportClosed(seen.closer.first_name if seen.closer else None))
        await show(callback, report_view(seen, actor))
        return
    await services.dialogue.expect(user.id, Expectation("report_answer", seen.question.id))
    await tap.answer()
    await tell(callback, ask_answer_view(seen))


async def told(message: Message, user: User, services: Services) -> None:
    expected, short = expectation(user), units(message.text or "") <= MESSAGE_LIMIT
    about = await services.reports.view(expected.subject_id if expected else 0)
    await ask_back(message, user, services, answer_question(about) if short else None, otherwise=ask_answer_view(about))


async def send(callback: CallbackQuery, callback_data: SendAnswer, services: Services, actor: Actor, tap: Tap) -> None:
    _said, text = answered(callback)
    note = None
    async with tap.forgiving():
        await services.reports.answer(actor, callback_data.report, text[:MESSAGE_LIMIT])
        note = _("✉️ Your answer is on its way.")
    await tap.answer()
    await show(callback, report_view(await services.reports.view(callback_data.report), actor, note=note))


async def close(
    callback: CallbackQuery, callback_data: CloseReport, services: Services, actor: Actor, tap: Tap
) -> None:
    if not callback_data.sure:
        question = close_question(await services.reports.view(callback_data.report))
        await tap.answer()
        await show(callback, question)
        return
    async with tap.forgiving():
        await services.reports.close(actor, callback_data.report)
    await tap.answer()
    await show(callback, report_view(await services.reports.view(callback_data.report), actor))


def router() -> Router:
    made = section_router("reports", opening)
    made.message.register(told, is_expected("report_answer"), Staff(Right.REPORTS))
    for handler, data in ((report, OpenReport), (ask, WriteAnswer), (send, SendAnswer), (close, CloseReport)):
        made.callback_query.register(handler, data.filter(), Staff(Right.REPORTS))
    return made
