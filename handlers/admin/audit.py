"""/audit: who did what; `/audit user:17` shows what was done to one person."""

from __future__ import annotations

import re
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation.admin.audit_views import audit_view
from conversation.callbacks.admin_staff import AdminLog
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right

SUBJECT: Final = re.compile(r"[a-z]+:\S{1,60}")


async def opening(services: Services, _actor: Actor, words: str, page: int) -> View:
    subject = words if SUBJECT.fullmatch(words) else None
    return audit_view(*await services.audit.listed(page, subject=subject), page)


async def turn(callback: CallbackQuery, callback_data: AdminLog, services: Services, tap: Tap) -> None:
    page, by = callback_data.page, callback_data.by
    view = audit_view(*await services.audit.listed(page, actor_id=by or None), page, by)
    await tap.answer()
    await show(callback, view)


def router() -> Router:
    made = section_router("audit", opening)
    made.callback_query.register(turn, AdminLog.filter(), Staff(Right.AUDIT))
    return made
