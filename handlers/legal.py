"""/support, /paysupport, /terms and /privacy: what Telegram's terms want every bot that sells to answer."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from conversation.legal_views import passed_on_view, paysupport_view, privacy_view, support_view, terms_view
from conversation.own_texts import own_text
from handlers.showing import say
from services.desk import Services
from services.dialogue import expectation
from storage.tables import User


async def is_question(message: Message, user: User) -> bool:
    expected = expectation(user)
    asked = expected is not None and expected.expects == "question"
    return asked and message.text is not None and not message.text.startswith("/")


async def support(message: Message, command: CommandObject, user: User, services: Services) -> None:
    """With a contact it is shown; without, what they write goes to the owners, now or as the next text."""
    contact = services.support.contact
    if contact is None and command.args:
        await pass_on(message, command.args, user, services)
        return
    if contact is None:
        await services.support.expect_question(user.id)
    await say(message, support_view(contact, own_text(services.live.now, "support", user.language)))


async def question(message: Message, user: User, services: Services) -> None:
    await pass_on(message, message.text or "", user, services)


async def pass_on(message: Message, words: str, user: User, services: Services) -> None:
    reference = await services.support.ask(user, message.message_id, words)
    await say(message, passed_on_view(reference))


async def paysupport(message: Message, user: User, services: Services) -> None:
    shown = await services.receipts.of(user.id)
    await say(message, paysupport_view(shown.receipts, services.support.contact))


async def terms(message: Message, user: User, services: Services) -> None:
    await say(message, terms_view(own_text(services.live.now, "terms", user.language)))


async def privacy(message: Message, user: User, services: Services) -> None:
    own = own_text(services.live.now, "privacy", user.language)
    await say(message, privacy_view(services.support.contact, own))


def router() -> Router:
    made = Router(name="legal")
    made.message.register(support, Command("support"))
    made.message.register(paysupport, Command("paysupport"))
    made.message.register(terms, Command("terms"))
    made.message.register(privacy, Command("privacy"))
    made.message.register(question, is_question)
    return made
