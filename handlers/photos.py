"""A photo at any time, as photo or as file, opens a draft."""

from __future__ import annotations

from typing import Any, Final

from aiogram import Bot, Router
from aiogram.types import Document, Message, PhotoSize

from conversation.errors import sentence
from conversation.notifier import Notifier
from handlers import fetching
from media.errors import PhotoProblem
from services.desk import Services
from services.drafts import Arrival
from services.errors import PhotoNotFetched, PhotoNotUsable, PromptTooLong
from storage.tables import Draft, User

ENDINGS: Final = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".gif", ".bmp", ".tif", ".tiff", ".avif")

Picture = PhotoSize | Document


async def a_picture(message: Message) -> bool | dict[str, Any]:
    """Lets photos pass, and files that call themselves pictures; whether they are is found out later."""
    if message.photo:
        return {"picture": max(message.photo, key=lambda size: size.width * size.height)}
    file = message.document
    if file is None or message.animation is not None:
        return False
    named_so = (file.file_name or "").lower().endswith(ENDINGS)
    return {"picture": file} if named_so or (file.mime_type or "").startswith("image/") else False


async def photo(
    message: Message, picture: Picture, bot: Bot, user: User, services: Services, notifier: Notifier
) -> None:
    data = await fetch(bot, picture)
    arrival = Arrival(
        source_key=f"message:{message.message_id}",
        data=data,
        caption=message.caption or "",
        media_group_id=message.media_group_id,
    )
    draft = await _opened(message, user, services, arrival)
    if draft.album_id is None:  # an album's card comes by itself once no more photos do
        await notifier.show_draft(user, draft.id)


async def _opened(message: Message, user: User, services: Services, arrival: Arrival) -> Draft:
    try:
        return await services.drafts.open(user, arrival)
    except PromptTooLong as refusal:
        # The photo is good: it gets its draft, and a shorter text can follow.
        bare = Arrival(arrival.source_key, arrival.data, media_group_id=arrival.media_group_id)
        draft = await services.drafts.open(user, bare)
        await message.reply(sentence(refusal))
        return draft


async def fetch(bot: Bot, picture: Picture) -> bytes:
    """The file's bytes. Raises PhotoNotUsable when it is too large, PhotoNotFetched when it does not come."""
    too_large = PhotoNotUsable(PhotoProblem.TOO_LARGE_FILE)
    return await fetching.fetch(bot, picture, too_large=too_large, not_fetched=PhotoNotFetched())


def router() -> Router:
    made = Router(name="photos")
    made.message.register(photo, a_picture)
    return made
