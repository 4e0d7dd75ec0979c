"""/payments: those that wait for somebody to look at them; `/payments NUMBER` looks one up, to refund it."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.admin.payment_views import (
    ask_amount_view,
    ask_owner_view,
    assign_question,
    not_understood_view,
    payment_view,
    refund_question,
    unmatched_view,
)
from conversation.i18n import gettext as _
from conversation.money import smallest_units
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from services.dialogue import Expectation, Expects, expectation
from services.staff.rights import Actor, Right
from storage.tables import User


async def opening(services: Services, _actor: Actor, words: str, page: int) -> View:
    if words:
        return payment_view(await services.payments.find(words))
    return unmatched_view(*await services.payments.unmatched(page), page)


async def payment(callback: CallbackQuery, callback_data: callbacks.AdminPayment, services: Services, tap: Tap) -> None:
    view = await services.payments.view(callback_data.payment)
    await tap.answer()
    await show(callback, payment_view(view))


async def refund(
    callback: CallbackQuery, callback_data: callbacks.AdminRefund, services: Services, actor: Actor, tap: Tap
) -> None:
    if not callback_data.sure:
        view = await services.payments.view(callback_data.payment)
        await tap.answer()
        await show(callback, refund_question(view, callback_data.amount))
        return
    view = await services.payments.refund(actor, callback_data.payment, callback_data.amount)
    await tap.answer(_("It is on its way back."))
    await show(callback, payment_view(view))


async def assign(
    callback: CallbackQuery, callback_data: callbacks.AdminAssign, services: Services, actor: Actor, tap: Tap
) -> None:
    view = await services.payments.assign(actor, callback_data.payment, callback_data.person, callback_data.credits)
    await tap.answer(_("Done: they have been told."))
    await show(callback, payment_view(view))


async def ask(
    callback: CallbackQuery, callback_data: callbacks.AdminAsk, user: User, services: Services, tap: Tap
) -> None:
    view = await services.payments.view(callback_data.payment)
    wanted: Expects = "refund_amount" if callback_data.what == "refund" else "payment_owner"
    await services.dialogue.expect(user.id, Expectation(wanted, view.payment.id))
    await tap.answer()
    await show(callback, ask_amount_view(view) if callback_data.what == "refund" else ask_owner_view())


async def is_expected(message: Message, user: User) -> bool:
    expected = expectation(user)
    asked = expected is not None and expected.expects in ("refund_amount", "payment_owner")
    return asked and message.text is not None and not message.text.startswith("/")


async def told(message: Message, user: User, services: Services) -> None:
    """How much, or whose: nothing happens before the question that follows is answered."""
    expected = expectation(user)
    if expected is None:
        return
    view = await services.payments.view(expected.subject_id)
    if expected.expects == "refund_amount":
        amount = smallest_units(message.text or "", view.payment.currency)
        question = refund_question(view, amount) if amount else None
    else:
        match (message.text or "").split():
            case [person, credits_] if person.isdecimal() and credits_.isdecimal() and 0 < int(credits_) < 10**6:
                question = assign_question(view, await services.users.by_telegram_id(int(person)), int(credits_))
            case _:
                question = None
    if question:
        await services.dialogue.expect(user.id, None)
    await say(message, question or not_understood_view())


def router() -> Router:
    made = section_router("payments", opening)
    made.message.register(told, is_expected, Staff(Right.REFUND))
    made.callback_query.register(payment, callbacks.AdminPayment.filter(), Staff(Right.PAYMENTS))
    for handler, data in ((refund, callbacks.AdminRefund), (assign, callbacks.AdminAssign), (ask, callbacks.AdminAsk)):
        made.callback_query.register(handler, data.filter(), Staff(Right.REFUND))
    return made
