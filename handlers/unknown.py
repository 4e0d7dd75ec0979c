"""Whatever nobody else wanted: answered with what can be sent instead."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message

from conversation.help_views import not_a_photo_view
from conversation.i18n import gettext as _
from handlers.manners import Tap
from handlers.showing import say

SAID: Final = {
    ContentType.ANIMATION,
    ContentType.AUDIO,
    ContentType.CHECKLIST,
    ContentType.CONTACT,
    ContentType.DICE,
    ContentType.DOCUMENT,
    ContentType.GAME,
    ContentType.LOCATION,
    ContentType.PAID_MEDIA,
    ContentType.POLL,
    ContentType.STICKER,
    ContentType.STORY,
    ContentType.UNKNOWN,
    ContentType.VENUE,
    ContentType.VIDEO,
    ContentType.VIDEO_NOTE,
    ContentType.VOICE,
}
"""What a person sends on purpose. The rest are notes of Telegram itself (a message was pinned …)."""


async def something(message: Message) -> None:
    if message.content_type in SAID:
        await say(message, not_a_photo_view(message.content_type))


async def some_button(_callback: CallbackQuery, tap: Tap) -> None:
    await tap.answer(_("This button no longer works. Send me a photo to begin anew."), window=True)


def router() -> Router:
    made = Router(name="unknown")
    made.message.register(something)
    made.callback_query.register(some_button)
    return made
