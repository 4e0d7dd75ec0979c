"""The buttons under a finished clip."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.buy_views import short_view
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.project_views import first_clip_view
from conversation.wording import project_name
from handlers.manners import Tap
from handlers.showing import tell
from services.desk import Services
from services.errors import BeingChecked, NotEnoughCredits
from services.jobs import states
from services.takes import TakeView
from storage.tables import User


async def approve(
    callback: CallbackQuery,
    callback_data: callbacks.Approve,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    project_is_new = False
    async with tap.forgiving():
        _view, project_is_new = await services.takes.approve(user.id, callback_data.take)
    view = await services.takes.view(user.id, callback_data.take)
    await tap.answer(_approved_text(view))
    await _decided(user, services, notifier, tap, callback_data.take)
    if project_is_new and view.project is not None:
        await tell(callback, first_clip_view(view.project))


async def again(
    callback: CallbackQuery,
    callback_data: callbacks.Again,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    made = False
    async with tap.forgiving():
        try:
            job = await services.ordering.generate(user.id, callback_data.draft, callback_data.round)
        except NotEnoughCredits as short:
            await tap.refuse(short)
            needed, has = short.needed, short.available
            await tell(callback, short_view(needed=needed, available=has, draft=callback_data.draft))
            return
        except BeingChecked as wait:
            await tap.refuse(wait)
            made = True
        else:
            made = job.state not in states.TERMINAL
    # A button of an earlier round found the job of that round: with the buttons new, the next tap works.
    await tap.answer("" if made else _("Tap once more to make another take."))
    if made:
        await notifier.show_draft(user, callback_data.draft, below=tap.message_id)
    await _show(user, services, notifier, tap, callback_data.take)


async def change_prompt(
    _callback: CallbackQuery,
    callback_data: callbacks.ChangePrompt,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    draft = (await services.takes.view(user.id, callback_data.take)).draft
    await services.drafts.expect_prompt(user.id, draft.id)
    await tap.answer(_("Write me what should happen instead."))
    await notifier.show_draft(user, draft.id, below=tap.message_id)


async def discard(
    _callback: CallbackQuery,
    callback_data: callbacks.Discard,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    async with tap.forgiving():
        await services.takes.discard(user.id, callback_data.take)
    await tap.answer()
    await _decided(user, services, notifier, tap, callback_data.take)


async def keep_after_all(
    _callback: CallbackQuery,
    callback_data: callbacks.KeepAfterAll,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    await services.takes.keep_after_all(user.id, callback_data.take)
    await tap.answer()
    await _decided(user, services, notifier, tap, callback_data.take)


def _approved_text(view: TakeView) -> str:
    if view.project is None:
        return _("✓ Approved")
    return _("✓ Approved into “{project}”").format(project=project_name(view.project))


async def _decided(user: User, services: Services, notifier: Notifier, tap: Tap, take_id: int) -> None:
    """The take as it stands, and the card of its album, which says what of it is approved."""
    await _show(user, services, notifier, tap, take_id)
    draft = (await services.takes.view(user.id, take_id)).draft
    if draft.album_id is not None:
        await notifier.redraw_album(user, draft.album_id)


async def _show(user: User, services: Services, notifier: Notifier, tap: Tap, take_id: int) -> None:
    """This take as it stands, and the others of its photo: only one of them can be in a project."""
    view = await services.takes.view(user.id, take_id)
    await notifier.show_take(user, view, message_id=tap.message_id)
    for other in await services.takes.others(user.id, take_id):
        await notifier.show_take(user, other)


def router() -> Router:
    made = Router(name="takes")
    made.callback_query.register(approve, callbacks.Approve.filter())
    made.callback_query.register(again, callbacks.Again.filter())
    made.callback_query.register(change_prompt, callbacks.ChangePrompt.filter())
    made.callback_query.register(discard, callbacks.Discard.filter())
    made.callback_query.register(keep_after_all, callbacks.KeepAfterAll.filter())
    return made
