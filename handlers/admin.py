"""/admin: payments that need a person, for owners. To everybody else the command does not exist."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.admin_views import (
    admin_view,
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
from conversation.promo_views import made_view, promo_help_view, promos_view, stopped_view
from handlers.dead_letters import state_of_work
from handlers.manners import Tap
from handlers.owners import owner_taps, owner_writes
from handlers.promo_words import promo_wanted
from handlers.showing import say, show
from services.desk import Services
from services.dialogue import Expectation, Expects, expectation
from storage.tables import User


async def admin(message: Message, command: CommandObject, services: Services) -> None:
    match (command.args or "").split():
        case ["payment", reference]:
            await say(message, payment_view(await services.payments.find(reference)))
        case ["jobs"]:
            await say(message, await state_of_work(services))
        case ["promos"]:
            await say(message, promos_view(await services.promos.listed()))
        case ["promo", "stop", code]:
            await say(message, stopped_view(known=await services.promos.stop(code)))
        case ["promo", code, credits_, *limits]:
            wanted = promo_wanted(code, credits_, limits)
            await say(message, made_view(await services.promos.create(wanted)) if wanted else promo_help_view())
        case _:
            await say(message, admin_view(unmatched=(await services.payments.unmatched())[1]))


async def place(callback: CallbackQuery, callback_data: callbacks.AdminPlace, services: Services, tap: Tap) -> None:
    found, total = await services.payments.unmatched(callback_data.page)
    await tap.answer()
    unmatched = callback_data.to == "unmatched"
    await show(callback, unmatched_view(found, total, callback_data.page) if unmatched else admin_view(unmatched=total))


async def payment(callback: CallbackQuery, callback_data: callbacks.AdminPayment, services: Services, tap: Tap) -> None:
    view = await services.payments.view(callback_data.payment)
    await tap.answer()
    await show(callback, payment_view(view))


async def refund(callback: CallbackQuery, callback_data: callbacks.AdminRefund, services: Services, tap: Tap) -> None:
    if not callback_data.sure:
        view = await services.payments.view(callback_data.payment)
        await tap.answer()
        await show(callback, refund_question(view, callback_data.amount))
        return
    view = await services.payments.refund(callback_data.payment, callback_data.amount)
    await tap.answer(_("It is on its way back."))
    await show(callback, payment_view(view))


async def assign(callback: CallbackQuery, callback_data: callbacks.AdminAssign, services: Services, tap: Tap) -> None:
    view = await services.payments.assign(callback_data.payment, callback_data.person, callback_data.credits)
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
    made = Router(name="admin")
    made.message.register(admin, owner_writes, Command("admin"))
    made.message.register(told, owner_writes, is_expected)
    for handler, data in (
        (place, callbacks.AdminPlace),
        (payment, callbacks.AdminPayment),
        (refund, callbacks.AdminRefund),
        (assign, callbacks.AdminAssign),
        (ask, callbacks.AdminAsk),
    ):
        made.callback_query.register(handler, owner_taps, data.filter())
    return made
