"""What the buttons about one person carry. As `callbacks`, whose prefixes are others."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id

Tab = Literal["card", "ledger", "jobs", "payments", "friends"]
Deed = Literal["ban", "unban", "export", "delete"]


class OpenPerson(CallbackData, prefix="hp"):
    person: Id
    tab: Tab = "card"
    page: Count = 0


class WriteAbout(CallbackData, prefix="hw"):
    """The next text says how many credits, or is for them."""

    person: Id
    what: Literal["credits", "message"]


class Adjust(CallbackData, prefix="hc"):
    """Give or take so many credits; why is in the message that the button's answers."""

    person: Id
    amount: Count
    give: bool


class SendText(CallbackData, prefix="ht"):
    """Send them the message that the button's answers."""

    person: Id


class ChooseData(CallbackData, prefix="hx"):
    person: Id


class Do(CallbackData, prefix="hd"):
    """Something that is asked about first; `sure` once it was."""

    person: Id
    deed: Deed
    sure: bool = False
