"""Telegram Stars through the Bot API: giving payments back, and Telegram's list of what came and went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.types import StarTransaction as Line
from aiogram.types import TransactionPartnerUser

from providers.payments import PaymentError, StarTransaction

ALREADY_BACK = "CHARGE_ALREADY_REFUNDED"
"""What Telegram says to a second refund of the same charge (Bot API, refundStarPayment)."""
FINAL = (TelegramBadRequest, TelegramForbiddenError, TelegramNotFound, TelegramUnauthorizedError)


class TelegramStars:
    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def refund(self, telegram_id: int, charge_id: str) -> None:
        try:
            async with _translated():
                await self._bot.refund_star_payment(telegram_id, charge_id)
        except PaymentError as error:
            if ALREADY_BACK not in str(error):
                raise

    async def transactions(self, offset: int, limit: int) -> list[StarTransaction]:
        async with _translated():
            listed = await self._bot.get_star_transactions(offset=offset, limit=limit)
        return [_line(one) for one in listed.transactions]


def _line(one: Line) -> StarTransaction:
    partner = one.source or one.receiver
    person = partner if isinstance(partner, TransactionPartnerUser) else None
    # Gifts and paid media are no orders of ours: only what an invoice brought counts.
    ours = person is not None and person.transaction_type == "invoice_payment"
    return StarTransaction(
        id=one.id,
        amount=one.amount,
        telegram_id=person.user.id if person and ours else None,
        payload=person.invoice_payload if person else None,
        incoming=one.source is not None,
    )


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (AiogramError, ClientDecodeError) as error:
        raise PaymentError(f"Telegram: {error}", retryable=not isinstance(error, FINAL)) from error
