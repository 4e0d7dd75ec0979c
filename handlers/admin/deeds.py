"""What is done to one person with a tap, and asked about before: ban, unban, a copy of their data, its deletion."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.types import BufferedInputFile, CallbackQuery

from conversation.admin.people_views import card_view
from conversation.admin.person_questions import data_view, deed_question
from conversation.callbacks.admin_people import ChooseData, Deed, Do
from conversation.i18n import gettext as _
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right


async def choose_data(callback: CallbackQuery, callback_data: ChooseData, services: Services, tap: Tap) -> None:
    person = await services.people.view(callback_data.person)
    await tap.answer()
    await show(callback, data_view(person.user))


async def do(callback: CallbackQuery, callback_data: Do, services: Services, actor: Actor, bot: Bot, tap: Tap) -> None:
    if not callback_data.sure:
        person = await services.people.view(callback_data.person)
        await tap.answer()
        await show(callback, deed_question(person, callback_data.deed))
        return
    if callback_data.deed == "export":
        await _hand_over(callback, callback_data.person, services, actor, bot)
    else:
        async with tap.forgiving():
            await _done(services, actor, callback_data.deed, callback_data.person)
    await tap.answer()
    await show(callback, card_view(await services.people.view(callback_data.person), actor))


async def _hand_over(callback: CallbackQuery, person: int, services: Services, actor: Actor, bot: Bot) -> None:
    copied = await services.personal_data.hand_over(actor, person)
    caption = _("🗂 All that is kept of #{number}. Pass it on to nobody else.").format(number=person)
    await bot.send_document(callback.from_user.id, BufferedInputFile(copied, f"echoes-{person}.json"), caption=caption)


async def _done(services: Services, actor: Actor, deed: Deed, person: int) -> None:
    match deed:
        case "ban":
            await services.banning.ban(actor, person)
        case "unban":
            await services.banning.unban(actor, person)
        case "delete":
            await services.personal_data.delete_for(actor, person)


def router() -> Router:
    made = Router(name="deeds")
    made.callback_query.register(do, Do.filter(F.deed.in_({"ban", "unban"})), Staff(Right.BAN))
    made.callback_query.register(do, Do.filter(F.deed.in_({"export", "delete"})), Staff(Right.DATA))
    made.callback_query.register(choose_data, ChooseData.filter(), Staff(Right.DATA))
    return made
