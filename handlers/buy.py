"""/buy and every button that leads there: the shelf, an order to pay by card, an invoice in Stars, "I have paid"."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, LabeledPrice, Message

from conversation import callbacks
from conversation.buy_views import packs_view
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.order_views import invoice, order_view
from conversation.view import View
from handlers.manners import Tap
from handlers.showing import say, show, tell
from services.desk import Services
from services.errors import NotForSale
from services.payments.cards import Found
from services.payments.facts import STARS, STARS_CURRENCY
from services.payments.orders import OrderView
from storage.tables import User

SHELF = "buy"
"""What the deep link carries that a forwarded invoice leads to."""


async def buy(message: Message, user: User, services: Services) -> None:
    await say(message, await _shelf(user, services))


async def go(callback: CallbackQuery, user: User, services: Services) -> None:
    await tell(callback, await _shelf(user, services))


async def packs(callback: CallbackQuery, callback_data: callbacks.Buy, user: User, services: Services) -> None:
    await show(callback, await _shelf(user, services, callback_data))


async def choose(
    callback: CallbackQuery,
    callback_data: callbacks.BuyPack,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    wish = callbacks.Buy(draft=callback_data.draft, album=callback_data.album)
    try:
        order = await services.orders.open(
            user.id, callback_data.pack_id, callback_data.rail, draft_id=wish.draft, album_id=wish.album
        )
    except NotForSale as refusal:  # the shelf has changed since the button was made
        await tap.refuse(refusal)
        await show(callback, await _shelf(user, services, wish))
        return
    await tap.answer()
    if order.order.rail == STARS:
        message_id = await _send_invoice(callback, order)
    else:
        message_id = await show(callback, order_view(order))
    if message_id is not None:
        await services.orders.shown(order.order.id, message_id=message_id)
        await notifier.orders.look_again(user, order)


async def have_paid(
    callback: CallbackQuery,
    callback_data: callbacks.HavePaid,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    """The vendor is asked at once; that a thank-you follows, the outbox sees to."""
    found = await services.card_payments.recheck(user.id, callback_data.order)
    if found == Found.NOTHING:
        text = _("Nothing has come yet. It can take a minute: I'll write to you as soon as it's here.")
        await tap.answer(text, window=True)
        return
    await tap.answer()
    order = await services.orders.view(user.id, callback_data.order)
    await show(callback, order_view(order))
    await notifier.orders.look_again(user, order)


async def _send_invoice(callback: CallbackQuery, view: OrderView) -> int | None:
    if callback.bot is None:
        return None
    words = invoice(view)
    sent = await callback.bot.send_invoice(
        chat_id=callback.from_user.id,
        title=words.title,
        description=words.description,
        payload=view.order.token,
        currency=STARS_CURRENCY,
        prices=[LabeledPrice(label=words.label, amount=view.order.amount)],
        # Without it, whoever has a forwarded copy could pay for this order (Bot API, sendInvoice).
        start_parameter=SHELF,
    )
    return sent.message_id


async def _shelf(user: User, services: Services, wish: callbacks.Buy | None = None) -> View:
    offers, money = await services.orders.offers(), await services.wallet.balance(user.id)
    return packs_view(offers, available=money.available, wish=wish)


async def leads_here(_message: Message, command: CommandObject) -> bool:
    return command.args == SHELF


def router() -> Router:
    made = Router(name="buy")
    made.message.register(buy, Command("buy"))
    made.message.register(buy, CommandStart(deep_link=True), leads_here)
    made.callback_query.register(go, callbacks.Go.filter(F.to == "buy"))
    made.callback_query.register(packs, callbacks.Buy.filter())
    made.callback_query.register(choose, callbacks.BuyPack.filter())
    made.callback_query.register(have_paid, callbacks.HavePaid.filter())
    return made
