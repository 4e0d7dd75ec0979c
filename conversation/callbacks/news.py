"""What the buttons carry by which people say whether they want messages that go to many."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Id


class NoNews(CallbackData, prefix="nn"):
    """Below each message to many. Its number makes its keyboard one of a kind (services.broadcasts.sending)."""

    broadcast: Id


class SetNews(CallbackData, prefix="sn"):
    wanted: bool
