"""/staff: who has which role; `/staff @name` gives one, and asks before."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation.admin.staff_views import appoint_question, member_view, staff_view, unknown_person_view
from conversation.callbacks.admin_staff import AdminAppoint, AdminMember
from conversation.i18n import gettext as _
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right, Role
from storage.tables import User


async def opening(services: Services, _actor: Actor, words: str, _page: int) -> View:
    if not words:
        return staff_view(await services.staff.members())
    user = await services.staff.find(words)
    return await _member(services, user) if user else unknown_person_view()


async def member(callback: CallbackQuery, callback_data: AdminMember, services: Services, tap: Tap) -> None:
    view = await _member(services, await services.users.get(callback_data.user))
    await tap.answer()
    await show(callback, view)


async def appoint(
    callback: CallbackQuery, callback_data: AdminAppoint, services: Services, actor: Actor, tap: Tap
) -> None:
    role = None if callback_data.role == "none" else Role(callback_data.role)
    user = await services.users.get(callback_data.user)
    if not callback_data.sure:
        await tap.answer()
        await show(callback, appoint_question(user, role))
        return
    async with tap.forgiving():
        if role is None:
            await services.staff.dismiss(actor, user.id)
        else:
            await services.staff.appoint(actor, user.id, role)
        await tap.answer(_("Done: they have been told."))
    await show(callback, await _member(services, user))


async def _member(services: Services, user: User) -> View:
    now = await services.staff.actor(user)
    return member_view(user, now.role if now else None)


def router() -> Router:
    made = section_router("staff", opening)
    made.callback_query.register(member, AdminMember.filter(), Staff(Right.STAFF))
    made.callback_query.register(appoint, AdminAppoint.filter(), Staff(Right.STAFF))
    return made
