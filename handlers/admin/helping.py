"""Credits for one person and words to them: written as a text, and asked about before anything happens."""

from __future__ import annotations

import re
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from conversation.admin.people_views import card_view
from conversation.admin.person_questions import (
    ask_credits_view,
    ask_message_view,
    credits_question,
    message_question,
)
from conversation.callbacks.admin_people import Adjust, SendText, WriteAbout
from conversation.i18n import gettext as _
from conversation.view import units
from handlers.admin.asking import answered, ask_back, is_expected
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.dialogue import Expectation, Expects, expectation
from services.errors import AlreadyDone
from services.helping import MESSAGE_LIMIT, MOST_AT_ONCE, REASON_LIMIT
from services.staff.rights import Actor, Right
from storage.tables import User

WISH: Final = re.compile(r"([+−-]?)\s*([0-9]{1,6})\s+(\S.*)", re.DOTALL)


async def ask(callback: CallbackQuery, callback_data: WriteAbout, user: User, services: Services, tap: Tap) -> None:
    person = await services.people.view(callback_data.person)
    credits_ = callback_data.what == "credits"
    wanted: Expects = "person_credits" if credits_ else "person_message"
    await services.dialogue.expect(user.id, Expectation(wanted, person.user.id))
    await tap.answer()
    await show(callback, ask_credits_view(person) if credits_ else ask_message_view(person.user))


async def credits_told(message: Message, user: User, services: Services) -> None:
    person, wish = await _about(user, services), wished(message.text or "")
    await ask_back(message, user, services, credits_question(person, *wish) if wish else None)


async def message_told(message: Message, user: User, services: Services) -> None:
    person, short = await _about(user, services), units(message.text or "") <= MESSAGE_LIMIT
    await ask_back(message, user, services, message_question(person) if short else None)


async def adjust(callback: CallbackQuery, callback_data: Adjust, services: Services, actor: Actor, tap: Tap) -> None:
    said, text = answered(callback)
    wish, amount = wished(text), callback_data.amount if callback_data.give else -callback_data.amount
    if wish is None or wish[0] != amount:
        raise AlreadyDone  # the message was edited since
    await services.helping.adjust(actor, callback_data.person, amount, wish[1], asked=said)
    await tap.answer(_("Done: they have been told."))
    await show(callback, card_view(await services.people.view(callback_data.person), actor))


async def send_text(
    callback: CallbackQuery, callback_data: SendText, services: Services, actor: Actor, tap: Tap
) -> None:
    said, text = answered(callback)
    reference = await services.helping.write(actor, callback_data.person, text[:MESSAGE_LIMIT], asked=said)
    await tap.answer()
    note = _("✉️ It is on its way. Reference: {reference}").format(reference=reference)
    await show(callback, card_view(await services.people.view(callback_data.person), actor, note=note))


def wished(text: str) -> tuple[int, str] | None:
    """How many credits (below 0: to take) and why, from `5 a clip came out broken`."""
    found = WISH.fullmatch(text.strip())
    amount = int(found[2]) if found else 0
    if found is None or not 0 < amount <= MOST_AT_ONCE:
        return None
    return -amount if found[1] in ("-", "−") else amount, " ".join(found[3].split())[:REASON_LIMIT]


async def _about(user: User, services: Services) -> User:
    expected = expectation(user)
    return (await services.people.view(expected.subject_id if expected else 0)).user


def router() -> Router:
    made = Router(name="helping")
    made.message.register(credits_told, is_expected("person_credits"), Staff(Right.CREDITS))
    made.message.register(message_told, is_expected("person_message"), Staff(Right.MESSAGE))
    for what, right in (("credits", Right.CREDITS), ("message", Right.MESSAGE)):
        made.callback_query.register(ask, WriteAbout.filter(F.what == what), Staff(right))
    made.callback_query.register(adjust, Adjust.filter(), Staff(Right.CREDITS))
    made.callback_query.register(send_text, SendText.filter(), Staff(Right.MESSAGE))
    return made
