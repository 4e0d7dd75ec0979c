"""What the buttons of a finished clip carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id


class Approve(CallbackData, prefix="ta"):
    take: Id


class Again(CallbackData, prefix="tg"):
    take: Id
    draft: Id
    round: Count


class ChangePrompt(CallbackData, prefix="tp"):
    take: Id


class Discard(CallbackData, prefix="tx"):
    take: Id


class KeepAfterAll(CallbackData, prefix="tk"):
    take: Id


class LinkToTake(CallbackData, prefix="tl"):
    take: Id
