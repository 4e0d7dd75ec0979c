"""What the buttons of an album's card carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id
from providers.base import Shape


class OpenPhoto(CallbackData, prefix="ao"):
    """One photo of an album gets a card of its own."""

    draft: Id


class AlbumLength(CallbackData, prefix="al"):
    album: Id
    seconds: Count


class AlbumShape(CallbackData, prefix="as", sep="|"):
    album: Id
    shape: Shape


class AlbumModel(CallbackData, prefix="am"):
    album: Id
    model: str
    """As in ChooseModel."""


class GenerateAll(CallbackData, prefix="ag"):
    """As Generate: without a price."""

    album: Id
    version: Count


class GenerateAllFor(CallbackData, prefix="aj"):
    album: Id
    version: Count
    price: Count


class CancelAlbum(CallbackData, prefix="ac"):
    album: Id


class ApproveAll(CallbackData, prefix="aa"):
    """Of each photo of an album of which nothing is approved, the newest take."""

    album: Id
