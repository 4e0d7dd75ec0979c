"""Clips on their way into a chat, one by one or as albums, and their messages brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InputMediaVideo, MediaUnion, ReplyParameters

from conversation import callbacks
from conversation.i18n import Words
from conversation.take_message import take_view
from conversation.videos import Video, link_view, send_video, too_large
from conversation.view import View
from services.desk import Services
from services.takes import TakeView
from storage.tables import Take, User

log = structlog.get_logger(__name__)
ALBUM: Final = 10
"""Most videos Telegram takes as one album."""


class TakeSender:
    def __init__(self, bot: Bot, services: Services, words: Words) -> None:
        self._bot = bot
        self._services = services
        self._words = words

    async def send(
        self, user: User, take: Take, view: View, reply: ReplyParameters | None = None
    ) -> tuple[int, str | None]:
        """Send a clip as a playable video. Returns the message's id and the video's."""
        large = partial(self._linked, user, take, view)
        return await send_video(self._bot, user.telegram_id, self.video(take), view, large, reply)

    async def send_all(self, user: User, takes: list[Take], said: Mapping[int, str]) -> None:
        """In their order, ten to an album; what is too large for one comes by itself. `said`: HTML, by take."""
        for part in _albums(takes):
            if len(part) == 1:
                await self.send(user, part[0], View(said.get(part[0].id, "")))
            else:
                videos = [self.video(take) for take in part]
                await self._send_album(user, videos, [said.get(take.id) for take in part])

    async def show(self, user: User, view: TakeView, *, message_id: int | None = None) -> None:
        """Bring the message of a take up to date; `message_id`: a second one, which a crash may have left."""
        with self._words.speaking(user.language):
            shown = take_view(view)
        if too_large(view.take):
            shown = await self._linked(user, view.take, shown)
        for where in {view.take.message_id, message_id} - {None}:
            place: dict[str, Any] = {"chat_id": user.telegram_id, "message_id": where, "reply_markup": shown.keyboard}
            try:
                if too_large(view.take):
                    await self._bot.edit_message_text(text=shown.text, **place)
                else:
                    await self._bot.edit_message_caption(caption=shown.text, **place)
            except TelegramBadRequest as refused:
                # Unchanged, or deleted by its owner: there is nothing to bring up to date.
                log.debug("take's message not edited", why=refused.message)

    def video(self, take: Take) -> Video:
        return Video(
            name=f"echoes-{take.id}.mp4",
            file_id=take.video_file_id or None,
            width=take.width,
            height=take.height,
            seconds=take.seconds,
            size_bytes=take.size_bytes,
            content=partial(self._services.takes.video, take),
            thumbnail=partial(self._services.takes.thumbnail, take),
        )

    async def _linked(self, user: User, take: Take, view: View) -> View:
        url = await self._services.takes.link(take)
        anew = callbacks.LinkToTake(take=take.id) if take.user_id == user.id else None
        with self._words.speaking(user.language):
            return link_view(view, size_bytes=take.size_bytes, url=url, anew=anew)

    async def _send_album(self, user: User, videos: list[Video], captions: list[str | None]) -> None:
        try:
            await self._bot.send_media_group(user.telegram_id, await _album(videos, captions, known=True))
        except TelegramBadRequest as refused:
            # One of the ids is no longer good, and Telegram does not say which.
            log.info("clips are sent anew", why=refused.message)
            await self._bot.send_media_group(user.telegram_id, await _album(videos, captions, known=False))


async def _album(videos: Iterable[Video], captions: Iterable[str | None], *, known: bool) -> list[MediaUnion]:
    each: list[tuple[Video, dict[str, Any]]] = [(video, await video.files(known=known)) for video in videos]
    return [
        InputMediaVideo(media=files.pop("video"), caption=caption, **files, **video.measures)
        for (video, files), caption in zip(each, captions, strict=True)
    ]


def _albums(takes: list[Take]) -> Iterator[list[Take]]:
    for large, group in groupby(takes, too_large):
        together, most = list(group), 1 if large else ALBUM
        for first in range(0, len(together), most):
            yield together[first : first + most]
