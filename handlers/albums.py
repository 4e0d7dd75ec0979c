"""The buttons of an album's card."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.notifier import Notifier
from handlers.choices import model_meant, price_seen
from handlers.manners import Tap
from services.desk import Services
from services.errors import NotEnoughCredits
from storage.tables import User

Generate = callbacks.GenerateAll | callbacks.GenerateAllFor


async def open_photo(
    _: CallbackQuery, callback_data: callbacks.OpenPhoto, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    """A card of its own for one photo, whose prompt the next text is."""
    async with tap.forgiving():
        await services.drafts.expect_prompt(user.id, callback_data.draft)
    await tap.answer()
    await notifier.show_draft(user, callback_data.draft, below=tap.message_id)


async def choose_length(
    _: CallbackQuery, callback_data: callbacks.AlbumLength, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        await services.drafts.choose_for_album(user.id, callback_data.album, "duration_s", callback_data.seconds)
    await tap.answer()
    await notifier.show_album(user, callback_data.album)


async def choose_shape(
    _: CallbackQuery, callback_data: callbacks.AlbumShape, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        await services.drafts.choose_for_album(user.id, callback_data.album, "shape", callback_data.shape)
    await tap.answer()
    await notifier.show_album(user, callback_data.album)


async def choose_model(
    _: CallbackQuery, callback_data: callbacks.AlbumModel, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        key = model_meant(services.cards.models, callback_data.model)
        await services.drafts.choose_for_album(user.id, callback_data.album, "model", key)
    await tap.answer()
    await notifier.show_album(user, callback_data.album)


async def generate_all(
    _: CallbackQuery, callback_data: Generate, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    shown = price_seen(callback_data, services.live.now)
    async with tap.forgiving():
        try:
            await services.ordering.generate_album(user.id, callback_data.album, callback_data.version, shown=shown)
        except NotEnoughCredits as short:
            # It tells of the photo for which nothing was left; they asked for all of them.
            card = await services.cards.album(user.id, callback_data.album)
            raise NotEnoughCredits(needed=card.price, available=card.available) from short
    await tap.answer()
    await notifier.show_album(user, callback_data.album, below=tap.message_id)


async def cancel_all(
    _: CallbackQuery, callback_data: callbacks.CancelAlbum, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    album = await services.cards.album(user.id, callback_data.album)
    async with tap.forgiving():
        await services.cancel.drafts(user.id, [card.draft.id for card in album.cards])
    await tap.answer()
    await notifier.show_album(user, callback_data.album)


def router() -> Router:
    made = Router(name="albums")
    made.callback_query.register(open_photo, callbacks.OpenPhoto.filter())
    made.callback_query.register(choose_length, callbacks.AlbumLength.filter())
    made.callback_query.register(choose_shape, callbacks.AlbumShape.filter())
    made.callback_query.register(choose_model, callbacks.AlbumModel.filter())
    for generate in (callbacks.GenerateAll, callbacks.GenerateAllFor):
        made.callback_query.register(generate_all, generate.filter())
    made.callback_query.register(cancel_all, callbacks.CancelAlbum.filter())
    return made
