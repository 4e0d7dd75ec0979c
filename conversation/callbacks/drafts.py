"""What the buttons of a photo's card carry."""

from __future__ import annotations

from hashlib import blake2s
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from conversation.callbacks.fields import Count, Id
from providers.base import Shape


class Generate(CallbackData, prefix="dg"):
    """Of the time when buttons did not carry the price they show."""

    draft: Id
    round: Count


class GenerateFor(CallbackData, prefix="dj"):
    """`price` (credits) is what the button shows: nothing else is ever set aside for it."""

    draft: Id
    round: Count
    price: Count


class UseIdea(CallbackData, prefix="di"):
    draft: Id
    idea: Count


class ChooseLength(CallbackData, prefix="dl"):
    draft: Id
    seconds: Count


class ChooseShape(CallbackData, prefix="ds", sep="|"):
    draft: Id
    shape: Shape


class ChooseModel(CallbackData, prefix="dm"):
    draft: Id
    model: str
    """The model's `model_mark`: keys of models may be longer than a button can carry."""


class PutAway(CallbackData, prefix="dx"):
    draft: Id


class BringBack(CallbackData, prefix="db"):
    draft: Id


class CancelDraft(CallbackData, prefix="dc"):
    draft: Id


class Improve(CallbackData, prefix="ip"):
    """Ask for better words. `after`: the last time that was asked when the button was made; 0 for never."""

    draft: Id
    after: Annotated[int, Field(ge=0, lt=2**63)]


class UseBetter(CallbackData, prefix="iu"):
    """`over`: the button says that words are lost which it was not asked about."""

    inquiry: Id
    over: bool


class KeepMine(CallbackData, prefix="ik"):
    inquiry: Id


def model_mark(key: str) -> str:
    """A short name for a model that fits on a button and stays the same over restarts."""
    return blake2s(key.encode(), digest_size=5).hexdigest()
