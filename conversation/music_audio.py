"""Music that can be listened to in the chat. What Telegram has already is sent by its id."""

from __future__ import annotations

from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile

from conversation.music_views import heard_view, mood_name
from media.music.made import Mood
from services.desk import Services
from services.soundtracks import MadeTrack
from storage.tables import Project, Soundtrack

log = structlog.get_logger(__name__)
PERFORMER: Final = "Echoes"


async def send_made(bot: Bot, services: Services, chat_id: int, project: Project, track: MadeTrack) -> None:
    """One of our own tracks, with a button to use it."""
    view = heard_view(project, track.mood, track.seconds)
    facts: dict[str, Any] = {"chat_id": chat_id, "caption": view.text, "reply_markup": view.keyboard}
    await _send(bot, services, track.key, track.file_id, _about(track.mood, track.seconds) | facts)


async def send_track(bot: Bot, services: Services, chat_id: int, track: Soundtrack) -> None:
    """The music of a project, as it is before it is cut and faded."""
    about: dict[str, Any] = {"title": track.title, "duration": round(track.seconds)}
    if track.origin == "made":
        about = _about(track.title, round(track.seconds))
    new_id = await _send(bot, services, track.audio_key, track.audio_file_id, about | {"chat_id": chat_id})
    if new_id:
        await services.soundtracks.sent(track.id, new_id)


def _about(mood: Mood | str, length: int) -> dict[str, Any]:
    return {"title": mood_name(mood), "performer": PERFORMER, "duration": length}


async def _send(bot: Bot, services: Services, key: str, file_id: str | None, facts: dict[str, Any]) -> str | None:
    """Returns the id it can be sent by from now on, if it had to be uploaded."""
    if file_id and await _sent_by_id(bot, file_id, facts):
        return None
    data = await services.soundtracks.audio(key)
    sent = await bot.send_audio(audio=BufferedInputFile(data, "music.m4a"), **facts)
    return sent.audio.file_id if sent.audio else None


async def _sent_by_id(bot: Bot, file_id: str, facts: dict[str, Any]) -> bool:
    try:
        await bot.send_audio(audio=file_id, **facts)
    except TelegramBadRequest as refused:
        # Telegram may forget files; ours is kept.
        log.info("audio is sent anew", why=refused.message)
        return False
    return True
