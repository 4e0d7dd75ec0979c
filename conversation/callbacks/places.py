"""What the buttons of the main places, and what is everywhere carry."""

from __future__ import annotations

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from conversation.callbacks.fields import Count
from providers.base import Shape


class Go(CallbackData, prefix="m"):
    """To one of the main places."""

    to: Literal["help", "projects", "credits", "settings", "buy", "invite"]


class MakeOwn(CallbackData, prefix="mo"):
    """Somebody saw what another made."""


class SetLanguage(CallbackData, prefix="sl"):
    language: Annotated[str, Field(max_length=8)]


class SetLength(CallbackData, prefix="sd"):
    seconds: Count


class SetShape(CallbackData, prefix="ss", sep="|"):
    shape: Shape | Literal["photo"]


class CancelEverything(CallbackData, prefix="cx"):
    """Everything that is being made for the person who taps."""


class KeepWorking(CallbackData, prefix="ck"):
    pass
