"""The film of a project: how it should be, making it, and links to what is too large to be sent."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.film_views import film_offer_view
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.errors import Erased, NotYours
from services.films.options import FilmOptions
from storage.tables import User


async def open_film(
    callback: CallbackQuery, callback_data: callbacks.OpenFilm, user: User, services: Services, tap: Tap
) -> None:
    view = film_offer_view(await services.films.offer(user.id, callback_data.project))
    await tap.answer()
    await show(callback, view)


async def choose(
    callback: CallbackQuery, callback_data: callbacks.ChooseFilm, user: User, services: Services, tap: Tap
) -> None:
    view = film_offer_view(await services.films.offer(user.id, callback_data.project, _options(callback_data)))
    await tap.answer()
    await show(callback, view)


async def make(
    callback: CallbackQuery,
    callback_data: callbacks.MakeFilm,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    view = await services.films.order(user.id, callback_data.project, _options(callback_data))
    if view.ready and view.film.message_id is not None:
        await tap.answer(_("It is made already: here it is."))
        await notifier.send_film(user, view)
        return
    await tap.answer()
    # Only a text can become its card.
    message = callback.message
    is_text = isinstance(message, Message) and message.text is not None
    await notifier.show_film(user, view.film.id, at=tap.message_id if is_text else None)


async def cancel(
    _callback: CallbackQuery,
    callback_data: callbacks.CancelFilm,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    async with tap.forgiving():
        await services.cancel.film(user.id, callback_data.film)
    await tap.answer()
    await notifier.show_film(user, callback_data.film, at=tap.message_id)


async def link_to_film(
    _callback: CallbackQuery,
    callback_data: callbacks.LinkToFilm,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    view = await services.films.view(user.id, callback_data.film)
    if not view.ready:
        raise NotYours if view.film.erased_at is None else Erased
    await tap.answer()
    await notifier.send_film(user, view)


async def link_to_take(
    _callback: CallbackQuery,
    callback_data: callbacks.LinkToTake,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    take = (await services.takes.view(user.id, callback_data.take)).take
    await tap.answer()
    await notifier.send_clips(user, [take])


def _options(chosen: callbacks.ChooseFilm | callbacks.MakeFilm) -> FilmOptions:
    return FilmOptions(chosen.height, chosen.music, chosen.transition, chosen.title)


def router() -> Router:
    made = Router(name="films")
    made.callback_query.register(open_film, callbacks.OpenFilm.filter())
    made.callback_query.register(choose, callbacks.ChooseFilm.filter())
    made.callback_query.register(make, callbacks.MakeFilm.filter())
    made.callback_query.register(cancel, callbacks.CancelFilm.filter())
    made.callback_query.register(link_to_film, callbacks.LinkToFilm.filter())
    made.callback_query.register(link_to_take, callbacks.LinkToTake.filter())
    return made
