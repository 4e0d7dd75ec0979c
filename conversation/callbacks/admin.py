"""What the buttons of what owners see carry."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id


class AdminPlace(CallbackData, prefix="az"):
    """A place only staff has: the menu, or a section by its command."""

    to: str
    page: Count = 0


class AdminPayment(CallbackData, prefix="ay"):
    payment: Id


class AdminRefund(CallbackData, prefix="ar"):
    """Give `amount` of a payment back, in its smallest unit; `sure` once it was asked."""

    payment: Id
    amount: Count
    sure: bool = False


class AdminAssign(CallbackData, prefix="aw"):
    """Credit an unmatched payment to a Telegram account; `sure` once it was asked."""

    payment: Id
    person: Id
    credits: Count
    sure: bool = False


class AdminAsk(CallbackData, prefix="aq"):
    """The next text says how much to refund, or whose a payment is."""

    what: Literal["refund", "assign"]
    payment: Id


class AdminJob(CallbackData, prefix="wk"):
    job: Id


class AdminRetry(CallbackData, prefix="wr"):
    """Have a failed job done over at the house's expense; `sure` once it was asked."""

    job: Id
    sure: bool = False
