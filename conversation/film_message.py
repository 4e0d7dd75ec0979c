"""The message a film arrives with, and what is told of one that does not."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiogram import Bot
from aiogram.types import ReplyParameters

from conversation import callbacks
from conversation.film_views import film_failed_view, film_view
from conversation.i18n import Words
from conversation.scene import Subject
from conversation.screen import Screen
from conversation.videos import Video, link_view, send_video
from conversation.view import View
from services.desk import Services
from services.films.films import FilmView
from storage.tables import User


class FilmMessage:
    """Of the outbox: `film_ready`, `film_failed` and `film_cancelled`."""

    def __init__(self, bot: Bot, services: Services, words: Words, screen: Screen) -> None:
        self._bot = bot
        self._services = services
        self._words = words
        self._screen = screen

    async def ready(self, user: User, payload: dict[str, Any]) -> None:
        view = await self._services.films.view(user.id, payload["film_id"])
        if view.film.message_id is None and view.ready:
            await self.send(user, view)
        if view.film.card_message_id is not None:
            await self._screen.finish_film(user, view.film.id, view.film.card_message_id)

    async def failed(self, user: User, payload: dict[str, Any]) -> None:
        view = await self._redrawn(user, payload["film_id"])
        with self._words.speaking(user.language):
            shown = film_failed_view(view)
        # After the card: if this fails and is repeated, drawing the card again does no harm.
        card = view.film.card_message_id
        reply = ReplyParameters(message_id=card, allow_sending_without_reply=True) if card else None
        await self._bot.send_message(chat_id=user.telegram_id, text=shown.text, reply_parameters=reply)

    async def cancelled(self, user: User, payload: dict[str, Any]) -> None:
        await self._redrawn(user, payload["film_id"])

    async def send(self, user: User, view: FilmView) -> None:
        """Send a film that is there, once more if need be."""
        film = view.film
        with self._words.speaking(user.language):
            shown = film_view(view)
        video = Video(
            name=f"echoes-film-{film.id}.mp4",
            file_id=film.video_file_id,
            width=film.width or 0,
            height=film.height or 0,
            seconds=film.seconds or 0.0,
            size_bytes=film.size_bytes or 0,
            content=partial(self._services.films.video, film),
            thumbnail=partial(self._services.films.thumbnail, film),
        )
        large = partial(self._linked, user, view, shown)
        message_id, file_id = await send_video(self._bot, user.telegram_id, video, shown, large)
        await self._services.films.sent(film.id, message_id=message_id, file_id=file_id)

    async def _linked(self, user: User, view: FilmView, shown: View) -> View:
        url = await self._services.films.link(view.film)
        with self._words.speaking(user.language):
            anew = callbacks.LinkToFilm(film=view.film.id)
            return link_view(shown, size_bytes=view.film.size_bytes or 0, url=url, anew=anew)

    async def _redrawn(self, user: User, film_id: int) -> FilmView:
        """The card of a film, after its work ended without one."""
        await self._screen.redraw(user, Subject("film", film_id))
        return await self._services.films.view(user.id, film_id)
