"""/people: find somebody and see what we have of them; `/people WORDS` looks up at once."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from conversation.admin.people_views import card_view, nobody_view, search_view, several_view
from conversation.admin.person_pages import friends_page, jobs_page, ledger_page, payments_page
from conversation.callbacks.admin_people import OpenPerson
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from services.dialogue import Expectation, expectation
from services.errors import NotYours
from services.staff.rights import Actor, Right
from storage.tables import User


async def opening(services: Services, actor: Actor, words: str, _page: int) -> View:
    if words:
        return await _found(services, actor, words)
    await services.dialogue.expect(actor.user_id, Expectation("person", actor.user_id))
    return search_view()


async def is_expected(message: Message, user: User) -> bool:
    expected = expectation(user)
    asked = expected is not None and expected.expects == "person"
    return asked and message.text is not None and not message.text.startswith("/")


async def told(message: Message, services: Services, actor: Actor) -> None:
    """Whom to look for: the next text may be another one."""
    await say(message, await _found(services, actor, message.text or ""))


async def person(
    callback: CallbackQuery, callback_data: OpenPerson, services: Services, actor: Actor, tap: Tap
) -> None:
    view = await _view(services, actor, callback_data)
    await tap.answer()
    await show(callback, view)


async def _view(services: Services, actor: Actor, to: OpenPerson) -> View:
    shown = await services.people.view(to.person)
    match to.tab:
        case "ledger":
            return ledger_page(shown.user, await services.wallet.statement(to.person, to.page))
        case "jobs":
            return jobs_page(shown.user, await services.people.jobs(to.person, to.page), actor)
        case "payments":
            return payments_page(shown.user, await services.receipts.of(to.person, to.page))
        case "friends":
            return friends_page(shown.user, await services.people.friends(to.person, to.page))
        case _:
            return card_view(shown, actor)


async def _found(services: Services, actor: Actor, words: str) -> View:
    try:
        found = await services.people.find(words)
    except NotYours:
        return nobody_view()
    if len(found) > 1:
        return several_view(found)
    return card_view(await services.people.view(found[0].id), actor)


def router() -> Router:
    made = section_router("people", opening)
    made.message.register(told, is_expected, Staff(Right.PEOPLE))
    made.callback_query.register(person, OpenPerson.filter(), Staff(Right.PEOPLE))
    return made
