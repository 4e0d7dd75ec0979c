"""What the buttons of the settings carry. As `callbacks`, whose prefixes are others.

A field is meant by a number made of its name (`conversation.admin.value_field`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import StringConstraints

from conversation.callbacks.fields import Count, Id

GroupName = Literal["credits", "vendors", "prices", "prompt", "texts", "contact", "worth"]


class ValueGroup(CallbackData, prefix="vg"):
    """What belongs together; `shelf`: one model, one of the texts; 0: all of them."""

    group: GroupName
    shelf: Count = 0


class ValueField(CallbackData, prefix="vf"):
    field: Id


class ValueWrite(CallbackData, prefix="vw"):
    """The next text, or text file, is the new value."""

    field: Id


class ValueSet(CallbackData, prefix="vs"):
    """Set it; `sure` once it was asked, of what was the newest change then (`seen`).

    `to`: what its kind makes of it; `~` as the environment says, `@17` as with change 17, `=…` the mark of what the
    message says that the button's answers.
    """

    field: Id
    to: Annotated[str, StringConstraints(max_length=24)]
    seen: Count = 0
    sure: bool = False


class ValueHistory(CallbackData, prefix="vh"):
    field: Id
    page: Count = 0


class ValueOld(CallbackData, prefix="vo"):
    """What it was with a change."""

    field: Id
    change: Id
