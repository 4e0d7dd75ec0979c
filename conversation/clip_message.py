"""The message a project is edited in: it shows all clips or one of them, and changes rather than being sent anew."""

from __future__ import annotations

import asyncio

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import BufferedInputFile, InputMediaPhoto, InputMediaVideo

from conversation.editing_views import (
    PAGE,
    clip_view,
    clips_page,
    clips_view,
    places_view,
    shown_clips,
    take_captions,
    takes_view,
)
from conversation.faults import says_unchanged
from conversation.i18n import Words
from conversation.take_sender import TakeSender
from conversation.videos import too_large
from conversation.view import View
from media.contact_sheet import contact_sheet
from services.desk import Services
from services.editing import ClipView
from storage.tables import Take, User

Media = InputMediaPhoto | InputMediaVideo


class ClipMessage:
    """`at`: the message to change, if it has a picture or a video; else there is a new one."""

    def __init__(self, bot: Bot, services: Services, words: Words, takes: TakeSender) -> None:
        self._bot = bot
        self._services = services
        self._words = words
        self._takes = takes

    async def show_all(self, user: User, project_id: int, page: int, *, at: int | None) -> None:
        """A page of a project's clips. Raises NotYours."""
        project = await self._services.projects.view(user.id, project_id)
        with self._words.speaking(user.language):
            view = clips_view(project, page)
        if not project.clips:
            await self._bot.send_message(user.telegram_id, view.text, reply_markup=view.keyboard)
            return
        stills = [await self._services.takes.thumbnail(placed.take) for placed in shown_clips(project, page)]
        sheet = await asyncio.to_thread(contact_sheet, stills, clips_page(project, page) * PAGE + 1)
        await self._put(user, InputMediaPhoto(media=BufferedInputFile(sheet, "clips.jpg")), view, at)

    async def show_one(self, user: User, project_id: int, draft_id: int, *, at: int | None) -> None:
        """One clip. Raises NotYours, AlreadyDone when it is no longer in the project."""
        clip = await self._services.editing.clip(user.id, project_id, draft_id)
        with self._words.speaking(user.language):
            view = clip_view(clip)
        await self._put_clip(user, clip.take, view, at)

    async def show_places(self, user: User, project_id: int, draft_id: int, page: int, *, at: int | None) -> None:
        """One clip, and where it could stand. Raises NotYours, AlreadyDone."""
        clip = await self._services.editing.clip(user.id, project_id, draft_id)
        with self._words.speaking(user.language):
            view = places_view(clip, page)
        await self._put_clip(user, clip.take, view, at)

    async def compare(self, user: User, clip: ClipView) -> None:
        """All takes of a clip as an album, and below it which of them is to stand in the project."""
        with self._words.speaking(user.language):
            captions, view = take_captions(clip), takes_view(clip)
        await self._takes.send_all(user, list(clip.takes), captions)
        await self._bot.send_message(user.telegram_id, view.text, reply_markup=view.keyboard)

    async def _put_clip(self, user: User, take: Take, view: View, at: int | None) -> None:
        if not too_large(take):
            for known in (True, False):
                try:
                    await self._put(user, await self._moving(take, known=known), view, at)
                except TelegramBadRequest:
                    # Telegram may forget files; ours is kept.
                    if not known or not take.video_file_id:
                        raise
                except TelegramEntityTooLarge:
                    break
                else:
                    return
        still = BufferedInputFile(await self._services.takes.thumbnail(take), "clip.jpg")
        await self._put(user, InputMediaPhoto(media=still), view, at)

    async def _moving(self, take: Take, *, known: bool) -> InputMediaVideo:
        video = self._takes.video(take)
        files = await video.files(known=known)
        return InputMediaVideo(media=files.pop("video"), **files, **video.measures)

    async def _put(self, user: User, media: Media, view: View, at: int | None) -> None:
        if at is not None:
            said = media.model_copy(update={"caption": view.text})
            chat = user.telegram_id
            try:
                await self._bot.edit_message_media(said, chat_id=chat, message_id=at, reply_markup=view.keyboard)
            except TelegramBadRequest as refused:
                if says_unchanged(refused):
                    return
                # Deleted by its owner, or too old: a new one takes its place.
            else:
                return
        await self._send(user, media, view)

    async def _send(self, user: User, media: Media, view: View) -> None:
        if isinstance(media, InputMediaPhoto):
            await self._bot.send_photo(user.telegram_id, media.media, caption=view.text, reply_markup=view.keyboard)
            return
        await self._bot.send_video(
            user.telegram_id,
            media.media,
            caption=view.text,
            reply_markup=view.keyboard,
            thumbnail=media.thumbnail,
            width=media.width,
            height=media.height,
            duration=media.duration,
            supports_streaming=True,
        )
