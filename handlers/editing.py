"""Editing a project: the buttons of its clips. Each changes one thing, and the message shows how things stand."""

from __future__ import annotations

from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.editing_views import PAGE, asks_caption_view, moved_text
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from handlers.manners import Tap
from handlers.showing import tell
from services.desk import Services
from services.editing import ClipView
from services.errors import AlreadyDone
from storage.tables import User

RENUMBERED: Final = 6
"""Most clips whose messages are brought up to date after a move."""
AClip = (
    callbacks.OpenClip
    | callbacks.MoveClip
    | callbacks.PlaceClip
    | callbacks.CompareTakes
    | callbacks.UseTake
    | callbacks.CaptionClip
    | callbacks.ClearCaption
    | callbacks.NewTake
    | callbacks.RemoveClip
)


async def open_clips(
    callback: CallbackQuery,
    callback_data: callbacks.OpenClips,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    await services.projects.view(user.id, callback_data.project)
    await tap.answer()
    await notifier.clips.show_all(user, callback_data.project, callback_data.page, at=_at(callback))


async def open_clip(
    callback: CallbackQuery,
    callback_data: callbacks.OpenClip,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    await _show(callback, callback_data, user, services, notifier, tap)


async def move(
    callback: CallbackQuery,
    callback_data: callbacks.MoveClip,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    now, project, draft, seen = None, callback_data.project, callback_data.draft, callback_data.seen
    async with tap.forgiving():
        now = await services.editing.move(user.id, project, draft, seen=seen, to=callback_data.to)
        await tap.answer(moved_text(seen, now))
    await _show(callback, callback_data, user, services, notifier, tap)
    if now is not None:
        await _renumber(user, services, notifier, project, draft, between=(min(seen, now), max(seen, now)))


async def choose_place(
    callback: CallbackQuery,
    callback_data: callbacks.PlaceClip,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    if await _there(callback, callback_data, user, services, notifier, tap):
        project, draft, page = callback_data.project, callback_data.draft, callback_data.page
        await tap.answer()
        await notifier.clips.show_places(user, project, draft, page, at=_at(callback))


async def compare(
    callback: CallbackQuery,
    callback_data: callbacks.CompareTakes,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    clip = await _there(callback, callback_data, user, services, notifier, tap)
    if clip:
        await tap.answer()
        await notifier.clips.compare(user, clip)


async def use(
    callback: CallbackQuery,
    callback_data: callbacks.UseTake,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    changed: list[int] = []
    project, draft, take = callback_data.project, callback_data.draft, callback_data.take
    async with tap.forgiving():
        changed = [take, (await services.editing.use(user.id, project, draft, take)).id]
        await tap.answer(_("✓ This take is in the project now"))
    await _show(callback, callback_data, user, services, notifier, tap)
    for one in changed:
        await notifier.show_take(user, await services.takes.view(user.id, one))


async def ask_caption(
    callback: CallbackQuery,
    callback_data: callbacks.CaptionClip,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    clip = await _there(callback, callback_data, user, services, notifier, tap)
    if clip:
        await services.editing.expect_caption(user.id, callback_data.project, callback_data.draft)
        await tap.answer()
        await tell(callback, asks_caption_view(clip))


async def clear_caption(
    callback: CallbackQuery,
    callback_data: callbacks.ClearCaption,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    async with tap.forgiving():
        await services.editing.clear_caption(user.id, callback_data.project, callback_data.draft)
    await _show(callback, callback_data, user, services, notifier, tap)


async def new_take(
    callback: CallbackQuery,
    callback_data: callbacks.NewTake,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    """The card of its photo: the take that is made with it goes to this place once it is approved."""
    if await _there(callback, callback_data, user, services, notifier, tap):
        await services.editing.aim(user.id, callback_data.project, callback_data.draft)
        await services.drafts.expect_prompt(user.id, callback_data.draft)
        await tap.answer(_("Approve the new take and it goes to this very place."))
        await notifier.show_draft(user, callback_data.draft, below=tap.message_id)


async def remove(
    callback: CallbackQuery,
    callback_data: callbacks.RemoveClip,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    taken: list[int] = []
    page = 0
    async with tap.forgiving():
        clip = await services.editing.clip(user.id, callback_data.project, callback_data.draft)
        page = (clip.clip.position - 1) // PAGE
        taken = [(await services.editing.remove(user.id, callback_data.project, callback_data.draft)).id]
    await tap.answer(_("It's out of the project. The clip itself is still in our chat."))
    await notifier.clips.show_all(user, callback_data.project, page, at=_at(callback))
    for one in taken:
        await notifier.show_take(user, await services.takes.view(user.id, one))


async def _show(
    callback: CallbackQuery, tapped: AClip, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    """The clip as it stands."""
    if await _there(callback, tapped, user, services, notifier, tap):
        await tap.answer()
        await notifier.clips.show_one(user, tapped.project, tapped.draft, at=_at(callback))


async def _there(
    callback: CallbackQuery, tapped: AClip, user: User, services: Services, notifier: Notifier, tap: Tap
) -> ClipView | None:
    """The clip a button is about; if it is no longer in the project, that is said and what is there is shown."""
    try:
        return await services.editing.clip(user.id, tapped.project, tapped.draft)
    except AlreadyDone:
        await tap.answer(_("This clip is no longer in the project."))
        await notifier.clips.show_all(user, tapped.project, 0, at=_at(callback))
        return None


async def _renumber(
    user: User, services: Services, notifier: Notifier, project: int, draft: int, *, between: tuple[int, int]
) -> None:
    """The messages these clips came with say where they stand: that of the moved one, and of those it passed."""
    first, last = between
    placed = (await services.projects.view(user.id, project)).clips[first - 1 : last]
    # A chat takes no more edits than that at once; of the others the answer has said where they are.
    few = placed if len(placed) <= RENUMBERED else [one for one in placed if one.clip.draft_id == draft]
    for one in few:
        await notifier.show_take(user, await services.takes.view(user.id, one.take.id))


def _at(callback: CallbackQuery) -> int | None:
    """The message of the button, if it can show a picture."""
    message = callback.message
    if isinstance(message, Message) and (message.photo or message.video):
        return message.message_id
    return None


def router() -> Router:
    made = Router(name="editing")
    taps = made.callback_query
    taps.register(open_clips, callbacks.OpenClips.filter())
    taps.register(open_clip, callbacks.OpenClip.filter())
    taps.register(move, callbacks.MoveClip.filter())
    taps.register(choose_place, callbacks.PlaceClip.filter())
    taps.register(compare, callbacks.CompareTakes.filter())
    taps.register(use, callbacks.UseTake.filter())
    taps.register(ask_caption, callbacks.CaptionClip.filter())
    taps.register(clear_caption, callbacks.ClearCaption.filter())
    taps.register(new_take, callbacks.NewTake.filter())
    taps.register(remove, callbacks.RemoveClip.filter())
    return made
