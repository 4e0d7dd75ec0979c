"""Entering a code: by the button, behind /credits, or behind /credits redeem."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from conversation.callbacks import EnterCode
from conversation.invite_views import asks_code_view, redeemed_view
from handlers.manners import Tap
from handlers.showing import say, tell
from services.desk import Services
from services.dialogue import Expectation, expectation
from storage.tables import User


async def is_code(message: Message, user: User) -> bool:
    expected = expectation(user)
    asked = expected is not None and expected.expects == "code"
    return asked and message.text is not None and not message.text.startswith("/")


async def ask(callback: CallbackQuery, user: User, services: Services, tap: Tap) -> None:
    await services.dialogue.expect(user.id, Expectation("code", user.id))
    await tap.answer()
    await tell(callback, asks_code_view())


async def command(message: Message, command: CommandObject, user: User, services: Services) -> None:
    """`redeem` may be said and need not be; said alone, the code is the next text."""
    verb, _, rest = (command.args or "").strip().partition(" ")
    code = rest.strip() if verb.lower() == "redeem" else f"{verb} {rest}".strip()
    if code:
        await _redeem(message, user, services, code)
    else:
        await services.dialogue.expect(user.id, Expectation("code", user.id))
        await say(message, asks_code_view())


async def typed(message: Message, user: User, services: Services) -> None:
    """A code that is refused may be typed again: what is expected stays the same."""
    await _redeem(message, user, services, message.text or "")
    await services.dialogue.expect(user.id, None)


async def _redeem(message: Message, user: User, services: Services, code: str) -> None:
    redeemed = await services.codes.redeem(user.id, code)
    balance = await services.wallet.balance(user.id)
    await say(message, redeemed_view(redeemed, available=balance.available))


def router() -> Router:
    made = Router(name="codes")
    made.message.register(command, Command("credits", magic=F.args))
    made.message.register(typed, is_code)
    made.callback_query.register(ask, EnterCode.filter())
    return made
