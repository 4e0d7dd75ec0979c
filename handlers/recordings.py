"""A recording at any time, as audio, voice message or file: asked for, it is the music at once, else after a tap."""

from __future__ import annotations

import html
from pathlib import PurePath
from typing import Any, Final

from aiogram import Bot, Router
from aiogram.types import Audio, CallbackQuery, Document, Message, Voice

from conversation.callbacks import music as music_callbacks
from conversation.errors import sentence
from conversation.help_views import not_a_photo_view
from conversation.i18n import gettext as _
from conversation.music_views import music_view, offer_view
from conversation.view import View, one_line
from handlers import fetching
from handlers.manners import Tap
from handlers.showing import say, show, tell
from media.errors import MusicProblem
from media.music.limits import MAX_FILE_BYTES, MAX_SECONDS
from services.desk import Services
from services.dialogue import Expectation, expectation
from services.errors import MusicNotFetched, MusicNotUsable
from services.soundtracks import Recording
from storage.tables import Soundtrack, User

ENDINGS: Final = (".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".wav", ".flac", ".mka", ".weba")

Sent = Audio | Voice | Document


def recording_of(message: Message) -> Sent | None:
    """What of a message is, or calls itself, a recording; whether it is one is found out later."""
    if message.audio or message.voice:
        return message.audio or message.voice
    file = message.document
    if file is None:
        return None
    named_so = (file.file_name or "").lower().endswith(ENDINGS)
    return file if named_so or (file.mime_type or "").startswith("audio/") else None


async def a_recording(message: Message) -> bool | dict[str, Any]:
    sent = recording_of(message)
    return {"sent": sent} if sent else False


async def recording(message: Message, sent: Sent, bot: Bot, user: User, services: Services) -> None:
    expected = expectation(user)
    if isinstance(expected, Expectation) and expected.expects == "music":
        _refuse_at_once(sent)
        track = await _take(bot, sent, user, services, expected.subject_id)
        project = (await services.projects.view(user.id, expected.subject_id)).project
        await say(message, music_view(project, track))
        return
    current = await services.projects.current(user.id)
    if current is None:
        await say(message, not_a_photo_view("voice" if message.voice else "audio"))
        return
    _refuse_at_once(sent)
    view = offer_view(current, voice=message.voice is not None)
    # As a reply: what the button stands for is the message it answers, also after a restart.
    await message.reply(view.text, reply_markup=view.keyboard)


async def use_sent(
    callback: CallbackQuery,
    callback_data: music_callbacks.UseSent,
    bot: Bot,
    user: User,
    services: Services,
    tap: Tap,
) -> None:
    view = await services.projects.view(user.id, callback_data.project)
    offer = callback.message
    answered = offer.reply_to_message if isinstance(offer, Message) else None
    sent = recording_of(answered) if answered else None
    if sent is None:
        raise MusicNotFetched
    await tap.answer(_("🎧 Listening to it…"))
    try:
        track = await _take(bot, sent, user, services, callback_data.project)
    except (MusicNotUsable, MusicNotFetched) as refusal:
        # The tap was answered before all that work: what is wrong has to be said in the chat.
        await tell(callback, View(html.escape(sentence(refusal), quote=False)))
        return
    await show(callback, music_view(view.project, track))


async def _take(bot: Bot, sent: Sent, user: User, services: Services, project_id: int) -> Soundtrack:
    too_large = MusicNotUsable(MusicProblem.TOO_LARGE_FILE)
    data = await fetching.fetch(bot, sent, too_large=too_large, not_fetched=MusicNotFetched())
    # Only what is audio to Telegram can be sent as audio again by its id.
    file_id = sent.file_id if isinstance(sent, Audio) else None
    return await services.soundtracks.send(user.id, project_id, Recording(data, _called(sent), file_id))


def _refuse_at_once(sent: Sent) -> None:
    """What Telegram itself says is too much need not be fetched."""
    if (sent.file_size or 0) > MAX_FILE_BYTES:
        raise MusicNotUsable(MusicProblem.TOO_LARGE_FILE)
    if not isinstance(sent, Document) and sent.duration > MAX_SECONDS:
        raise MusicNotUsable(MusicProblem.TOO_LONG)


def _called(sent: Sent) -> str:
    if isinstance(sent, Voice):
        return _("Voice message")
    artist_and_title = [sent.performer, sent.title] if isinstance(sent, Audio) else []
    told = " – ".join(part for part in artist_and_title if part)
    return one_line(told or PurePath(sent.file_name or "").stem) or _("Your music")


def router() -> Router:
    made = Router(name="recordings")
    made.message.register(recording, a_recording)
    made.callback_query.register(use_sent, music_callbacks.UseSent.filter())
    return made
