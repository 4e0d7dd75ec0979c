"""Videos on their way to somebody: by the id they have at Telegram, else uploaded, else as a link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.filters.callback_data import CallbackData
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, Message, ReplyParameters

from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import View, button, paragraphs, url_button
from services.links import LINK_HOURS
from storage.tables import Take

log = structlog.get_logger(__name__)
LARGEST_UPLOAD: Final = 50_000_000
"""Bytes a bot may upload (https://core.telegram.org/bots/api#sending-files)."""


@dataclass(frozen=True, slots=True)
class Video:
    """A clip or a film as it goes out."""

    name: str
    file_id: str | None
    """What Telegram calls it, where it has it already."""
    width: int
    height: int
    seconds: float
    size_bytes: int
    content: Callable[[], Awaitable[bytes]]
    thumbnail: Callable[[], Awaitable[bytes]]

    @property
    def too_large(self) -> bool:
        return self.size_bytes > LARGEST_UPLOAD

    @property
    def measures(self) -> dict[str, Any]:
        """Without these and a thumbnail Telegram shows what is above 10 MB as a black square of 0 s."""
        size = {"width": self.width, "height": self.height}
        return {**size, "duration": round(self.seconds), "supports_streaming": True}

    async def files(self, *, known: bool) -> dict[str, Any]:
        """The video by its id if that may be used, else to be uploaded with its thumbnail."""
        if known and self.file_id:
            return {"video": self.file_id}
        return {
            "video": BufferedInputFile(await self.content(), self.name),
            "thumbnail": BufferedInputFile(await self.thumbnail(), "thumbnail.jpg"),
        }


def too_large(take: Take) -> bool:
    """Whether a clip goes out as a link."""
    return take.size_bytes > LARGEST_UPLOAD


async def send_video(
    bot: Bot,
    chat: int,
    video: Video,
    view: View,
    large: Callable[[], Awaitable[View]],
    reply: ReplyParameters | None = None,
) -> tuple[int, str | None]:
    """As a playable video, or what is too large for that as the message `large`.

    Returns the message's id and the video's.
    """
    facts: dict[str, Any] = {
        "chat_id": chat,
        "caption": view.text or None,
        "reply_markup": view.keyboard,
        "reply_parameters": reply,
        **video.measures,
    }
    if not video.too_large:
        try:
            return _ids(await _sent(bot, video, facts))
        except TelegramEntityTooLarge:
            log.warning("telegram takes no video of this size", size_bytes=video.size_bytes)
    shown = await large()
    sent = await bot.send_message(chat, shown.text, reply_markup=shown.keyboard, reply_parameters=reply)
    return sent.message_id, None


async def _sent(bot: Bot, video: Video, facts: dict[str, Any]) -> Message:
    try:
        return await bot.send_video(**facts, **await video.files(known=True))
    except TelegramBadRequest as refused:
        if video.file_id is None:
            raise
        # Telegram may forget files; ours is kept.
        log.info("video is sent anew", why=refused.message)
        return await bot.send_video(**facts, **await video.files(known=False))


def _ids(sent: Message) -> tuple[int, str | None]:
    return sent.message_id, sent.video.file_id if sent.video else None


def link_view(shown: View, *, size_bytes: int, url: str, anew: CallbackData | None) -> View:
    """What stands in the place of a video that is too large to be sent; `shown` is what that would have said.

    `anew`: the button for another link; None for who is not its owner.
    """
    text = ngettext(
        "📦 It is {size} MB, more than Telegram lets me send. The button downloads it, for {count} hour from now.",
        "📦 It is {size} MB, more than Telegram lets me send. The button downloads it, for {count} hours from now.",
        LINK_HOURS,
    )
    download = [url_button(_("⬇️ Download"), url), *([button(_("🔗 New link"), anew)] if anew else [])]
    others = shown.keyboard.inline_keyboard if shown.keyboard else []
    megabytes = max(1, round(size_bytes / 1_000_000))
    keyboard = InlineKeyboardMarkup(inline_keyboard=[download, *others])
    return View(paragraphs(shown.text, text.format(size=megabytes, count=LINK_HOURS)), keyboard)
