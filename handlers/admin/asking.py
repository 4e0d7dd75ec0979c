"""A question that answers what staff wrote: its button stands for that message, also after a restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram.types import CallbackQuery, Message

from conversation.admin.payment_views import not_understood_view
from conversation.view import View
from handlers.showing import say
from services.desk import Services
from services.dialogue import Expects, expectation
from services.errors import AlreadyDone
from storage.tables import User


def is_expected(*expects: Expects) -> Callable[[Message, User], Awaitable[bool]]:
    """Lets a text through that was asked for as one of these."""

    async def asked(message: Message, user: User) -> bool:
        expected = expectation(user)
        wanted = expected is not None and expected.expects in expects
        return wanted and message.text is not None and not message.text.startswith("/")

    return asked


async def ask_back(
    message: Message, user: User, services: Services, question: View | None, *, otherwise: View | None = None
) -> None:
    """No question: what they wrote cannot be read, and `otherwise` says how to write it."""
    if question is None:
        await say(message, otherwise or not_understood_view())
        return
    await services.dialogue.expect(user.id, None)
    await message.reply(question.text, reply_markup=question.keyboard)


def answered(callback: CallbackQuery) -> tuple[int, str]:
    """Id and text of the staff's own message that the question answers. Raises AlreadyDone: it is gone."""
    said = answered_message(callback)
    if not said.text:
        raise AlreadyDone
    return said.message_id, said.text


def answered_message(callback: CallbackQuery) -> Message:
    """The staff's own message that the question answers, whatever is in it. Raises AlreadyDone: it is gone."""
    question = callback.message
    said = question.reply_to_message if isinstance(question, Message) else None
    if said is None or said.from_user is None or said.from_user.id != callback.from_user.id:
        raise AlreadyDone
    return said
