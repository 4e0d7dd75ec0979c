"""🎵 Music: choosing it, listening to it, and how it is played."""

from __future__ import annotations

from typing import Any

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from conversation.callbacks import music as music_callbacks
from conversation.i18n import gettext as _
from conversation.music_audio import send_made, send_track
from conversation.music_views import asks_start_view, awaited_view, choose_view, mood_view, music_view
from conversation.project_views import project_view
from handlers.manners import Tap
from handlers.moments import start_meant
from handlers.showing import say, show, tell
from services.desk import Services
from services.dialogue import Expectation, expectation
from services.errors import NoMusicYet, StartNotUsable
from storage.tables import Soundtrack, User


async def open_music(
    callback: CallbackQuery, callback_data: music_callbacks.OpenMusic, user: User, services: Services, tap: Tap
) -> None:
    view = await services.projects.view(user.id, callback_data.project)
    track = await services.soundtracks.of(user.id, callback_data.project)
    await tap.answer()
    await show(callback, music_view(view.project, track) if track else choose_view(view.project, None))


async def other_music(
    callback: CallbackQuery, callback_data: music_callbacks.OtherMusic, user: User, services: Services, tap: Tap
) -> None:
    view = await services.projects.view(user.id, callback_data.project)
    track = await services.soundtracks.of(user.id, callback_data.project)
    await tap.answer()
    await show(callback, choose_view(view.project, track))


async def show_mood(
    callback: CallbackQuery, callback_data: music_callbacks.ShowMood, user: User, services: Services, tap: Tap
) -> None:
    view = await services.projects.view(user.id, callback_data.project)
    await tap.answer()
    await show(callback, mood_view(view.project, callback_data.mood))


async def hear_made(
    callback: CallbackQuery,
    callback_data: music_callbacks.HearMade,
    bot: Bot,
    user: User,
    services: Services,
    tap: Tap,
) -> None:
    project = (await services.projects.view(user.id, callback_data.project)).project
    await tap.answer(_("🎧 One moment…"))
    track = await services.soundtracks.made(callback_data.mood, callback_data.seconds)
    await send_made(bot, services, callback.from_user.id, project, track)


async def use_made(
    callback: CallbackQuery, callback_data: music_callbacks.UseMade, user: User, services: Services, tap: Tap
) -> None:
    # Of a track that was listened to, the message itself says by which id it can be sent again.
    message = callback.message
    file_id = message.audio.file_id if isinstance(message, Message) and message.audio else None
    view = await services.projects.view(user.id, callback_data.project)
    await tap.answer(_("✓ That's the music now"))
    track = await services.soundtracks.choose(
        user.id, callback_data.project, callback_data.mood, callback_data.seconds, file_id=file_id
    )
    await show(callback, music_view(view.project, track))


async def send_own(
    callback: CallbackQuery, callback_data: music_callbacks.SendMusic, user: User, services: Services, tap: Tap
) -> None:
    await services.soundtracks.expect_sent(user.id, callback_data.project)
    view = await services.projects.view(user.id, callback_data.project)
    await tap.answer()
    await show(callback, awaited_view(view.project))


async def hear_music(
    callback: CallbackQuery,
    callback_data: music_callbacks.HearMusic,
    bot: Bot,
    user: User,
    services: Services,
    tap: Tap,
) -> None:
    track = await services.soundtracks.of(user.id, callback_data.project)
    if track is None:
        raise NoMusicYet
    await tap.answer()
    await send_track(bot, services, callback.from_user.id, track)


async def set_music(
    callback: CallbackQuery, callback_data: music_callbacks.SetMusic, user: User, services: Services, tap: Tap
) -> None:
    track = await _set(services, user.id, callback_data)
    view = await services.projects.view(user.id, callback_data.project)
    await tap.answer()
    await show(callback, music_view(view.project, track))


async def type_start(
    callback: CallbackQuery, callback_data: music_callbacks.TypeStart, user: User, services: Services, tap: Tap
) -> None:
    track = await services.soundtracks.expect_start(user.id, callback_data.project)
    await tap.answer()
    await tell(callback, asks_start_view(track))


async def remove(
    callback: CallbackQuery, callback_data: music_callbacks.RemoveMusic, user: User, services: Services, tap: Tap
) -> None:
    await services.soundtracks.remove(user.id, callback_data.project)
    await tap.answer(_("🗑 No music"))
    await show(callback, project_view(await services.projects.view(user.id, callback_data.project)))


async def about_music(message: Message, user: User | None = None) -> bool | dict[str, Any]:
    """A text while something about music was asked."""
    expected = expectation(user) if user else None
    if not message.text or message.text.startswith("/") or expected is None:
        return False
    return {"expected": expected} if expected.expects in {"music", "music_start"} else False


async def answer(message: Message, expected: Expectation, user: User, services: Services) -> None:
    view = await services.projects.view(user.id, expected.subject_id)
    if expected.expects == "music":
        await say(message, awaited_view(view.project))
        return
    track = await services.soundtracks.of(user.id, expected.subject_id)
    start_s = start_meant(message.text or "")
    if track is None:
        raise NoMusicYet
    if start_s is None:
        raise StartNotUsable(track.seconds)
    changed = await services.soundtracks.start_at(user.id, expected.subject_id, start_s)
    await say(message, music_view(view.project, changed))


async def _set(services: Services, user_id: int, wanted: music_callbacks.SetMusic) -> Soundtrack:
    music, project, value = services.soundtracks, wanted.project, wanted.value
    match wanted.what:
        case "start":
            return await music.start_at(user_id, project, float(value))
        case "in":
            return await music.fade(user_id, project, in_s=float(value))
        case "out":
            return await music.fade(user_id, project, out_s=float(value))
        case "volume":
            return await music.loud(user_id, project, value)
        case "loop":
            return await music.loop(user_id, project, value == 1)


def router() -> Router:
    made = Router(name="music")
    made.callback_query.register(open_music, music_callbacks.OpenMusic.filter())
    made.callback_query.register(other_music, music_callbacks.OtherMusic.filter())
    made.callback_query.register(show_mood, music_callbacks.ShowMood.filter())
    made.callback_query.register(hear_made, music_callbacks.HearMade.filter())
    made.callback_query.register(use_made, music_callbacks.UseMade.filter())
    made.callback_query.register(send_own, music_callbacks.SendMusic.filter())
    made.callback_query.register(hear_music, music_callbacks.HearMusic.filter())
    made.callback_query.register(set_music, music_callbacks.SetMusic.filter())
    made.callback_query.register(type_start, music_callbacks.TypeStart.filter())
    made.callback_query.register(remove, music_callbacks.RemoveMusic.filter())
    made.message.register(answer, about_music)
    return made
