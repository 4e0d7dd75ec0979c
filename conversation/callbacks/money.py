"""What the buttons of credits and what brings them carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id, PackId
from services.payments.facts import Rail


class CreditsPage(CallbackData, prefix="cp"):
    page: Count


class Buy(CallbackData, prefix="b"):
    """To what is for sale; with what they were about to generate when credits ran short."""

    draft: Id | None = None
    album: Id | None = None


class BuyPack(CallbackData, prefix="bp"):
    pack_id: PackId
    rail: Rail
    draft: Id | None = None
    album: Id | None = None


class HavePaid(CallbackData, prefix="bh"):
    order: Id


class ReceiptsPage(CallbackData, prefix="rp"):
    page: Count


class EnterCode(CallbackData, prefix="ec"):
    """The next text is a promo code, or a friend's."""
