"""What the buttons of messages to many carry, as staff sees them."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Id
from services.broadcasts.audience import Activity, Balance, Language


class Aim(CallbackData, prefix="bca"):
    """Who is to get it."""

    broadcast: Id
    language: Language
    activity: Activity
    balance: Balance


class Open(CallbackData, prefix="bco"):
    broadcast: Id


class Start(CallbackData, prefix="bcs"):
    """Have it go out; `sure` once it was asked."""

    broadcast: Id
    sure: bool = False


class Stop(CallbackData, prefix="bcx"):
    broadcast: Id


class Recall(CallbackData, prefix="bcr"):
    """Delete it in every chat; `sure` once it was asked."""

    broadcast: Id
    sure: bool = False


class Drop(CallbackData, prefix="bcd"):
    """Throw away what was not sent."""

    broadcast: Id
