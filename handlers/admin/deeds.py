"""What is done to one person with a tap, and asked about before: ban and unban."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery

from conversation.admin.people_views import card_view
from conversation.admin.person_questions import deed_question
from conversation.callbacks.admin_people import Do
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.staff.rights import Actor, Right

DEEDS: Final[Mapping[str, tuple[Right, Callable[[Services], Callable[[Actor, int], Awaitable[None]]]]]] = {
    "ban": (Right.BAN, lambda services: services.banning.ban),
    "unban": (Right.BAN, lambda services: services.banning.unban),
}


async def do(callback: CallbackQuery, callback_data: Do, services: Services, actor: Actor, tap: Tap) -> None:
    if not callback_data.sure:
        person = await services.people.view(callback_data.person)
        await tap.answer()
        await show(callback, deed_question(person, callback_data.deed))
        return
    async with tap.forgiving():
        await DEEDS[callback_data.deed][1](services)(actor, callback_data.person)
    await tap.answer()
    await show(callback, card_view(await services.people.view(callback_data.person), actor))


def router() -> Router:
    made = Router(name="deeds")
    for deed, (right, _use_case) in DEEDS.items():
        made.callback_query.register(do, Do.filter(F.deed == deed), Staff(right))
    return made
