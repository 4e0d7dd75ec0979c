"""What the buttons of packs carry, as those see them who set them. As `callbacks`, whose prefixes are others."""

from __future__ import annotations

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from conversation.callbacks.fields import PackId

Part = Literal["name", "credits", "price", "stars", "all"]
Mark = Annotated[str, Field(pattern="^[0-9a-f]{8}$")]
"""services.packs.mark: of what a question showed."""


class OpenPack(CallbackData, prefix="kp"):
    pack_id: PackId


class NewPack(CallbackData, prefix="kn"):
    """The next text is a pack, in one line."""


class AddPack(CallbackData, prefix="ka"):
    """Sell the pack that stands in the message that the button's answers, if it says `then`."""

    then: Mark


class EditPack(CallbackData, prefix="ke"):
    """The next text is another value for this part of it."""

    pack_id: PackId
    part: Part


class ChangePack(CallbackData, prefix="kc"):
    """Make `then` of a pack that is `was`; what that is stands in the message that the button's answers."""

    pack_id: PackId
    part: Part
    was: Mark
    then: Mark


class SellPack(CallbackData, prefix="ks"):
    """Take a pack that is `was` off sale, or put it back; `sure` once it was asked."""

    pack_id: PackId
    on: bool
    was: Mark
    sure: bool = False
