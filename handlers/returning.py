"""The way back from the payment page: `paid_<token>`, or `paid` where the page could not carry the order's token.

Coming back proves nothing. The vendor is asked, and the order is shown as it then stands.
"""

from __future__ import annotations

import contextlib

from aiogram import Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message

from conversation.help_views import start_view
from conversation.notifier import Notifier
from services.desk import Services
from services.errors import VendorUnreachable
from storage.tables import User

PAID = "paid"


async def comes_back(_message: Message, command: CommandObject) -> bool:
    word, _, _ = (command.args or "").partition("_")
    return word == PAID


async def returned(
    message: Message, command: CommandObject, user: User, services: Services, notifier: Notifier
) -> None:
    _, _, token = (command.args or "").partition("_")
    order = await services.orders.by_token(user.id, token or None)
    if order is None:
        # Somebody else's link, or a made-up one.
        hello = start_view(user, available=(await services.wallet.balance(user.id)).available)
        await message.answer(hello.text, reply_markup=hello.keyboard)
        return
    with contextlib.suppress(VendorUnreachable):  # what is known already is shown; the rest comes by itself
        await services.card_payments.recheck(user.id, order.id)
    await notifier.orders.bring_down(user, order.id)


def router() -> Router:
    made = Router(name="returning")
    made.message.register(returned, CommandStart(deep_link=True), comes_back)
    return made
