"""News of money from Telegram: may it be paid, it was paid, it went back.

No manners around these: an error must not be turned into an apology and forgotten. It leaves the update in the inbox,
from where it is taken up again; and what no update brings, the hourly look at Telegram's own list does.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiogram import Router
from aiogram.exceptions import AiogramError
from aiogram.types import Message, PreCheckoutQuery

from conversation.errors import apology, sentence
from conversation.view import shortened
from handlers.manners import TOAST_LIMIT
from services.desk import Services
from services.errors import Banned, EchoesError
from storage.tables import User

log = structlog.get_logger(__name__)
DECIDE_SECONDS: Final = 6.0
"""Telegram gives up on an answer after 10 s (Bot API, answerPreCheckoutQuery): a no in time is better than silence."""


async def was_paid(message: Message) -> bool:
    return message.successful_payment is not None


async def went_back(message: Message) -> bool:
    return message.refunded_payment is not None


async def pre_checkout(query: PreCheckoutQuery, services: Services, user: User | None = None) -> None:
    """The last moment to say no. Always answered, whatever goes wrong on our side."""
    banned = user is not None and user.banned_at is not None
    refusal = sentence(Banned()) if banned else await _refusal(query, services, user)
    try:
        await query.answer(ok=refusal is None, error_message=refusal)
    except AiogramError as error:  # too late: Telegram has told the payer, and nothing was charged
        log.warning("pre-checkout not answered", why=type(error).__name__)


async def _refusal(query: PreCheckoutQuery, services: Services, user: User | None) -> str | None:
    try:
        async with asyncio.timeout(DECIDE_SECONDS):
            if closed := await services.closing.words_for(user):
                return shortened(closed, TOAST_LIMIT)
            await services.orders.check(
                query.invoice_payload,
                payer_id=query.from_user.id,
                amount=query.total_amount,
                currency=query.currency,
            )
    except EchoesError as refusal:
        log.info("payment refused", why=type(refusal).__name__)
        return sentence(refusal)
    except Exception:  # the payer waits, and an unanswered question looks like a broken bot
        error_id = structlog.contextvars.get_contextvars().get("cid") or query.id
        log.exception("pre-checkout failed", error_id=error_id)
        return apology(error_id)
    return None


async def paid(message: Message, services: Services) -> None:
    """The thank-you comes through the outbox, with the credits."""
    payment, payer = message.successful_payment, message.from_user
    if payment is not None and payer is not None:
        await services.stars.paid(
            payer_id=payer.id,
            payload=payment.invoice_payload,
            amount=payment.total_amount,
            currency=payment.currency,
            charge_id=payment.telegram_payment_charge_id,
        )


async def refunded(message: Message, services: Services) -> None:
    """By us, or by the store the Stars were bought in."""
    payment = message.refunded_payment
    if payment is not None:
        await services.stars.refunded(charge_id=payment.telegram_payment_charge_id, amount=payment.total_amount)


def router() -> Router:
    made = Router(name="till")
    made.pre_checkout_query.register(pre_checkout)
    made.message.register(paid, was_paid)
    made.message.register(refunded, went_back)
    return made
