"""The buttons of a draft's card. Each changes one thing, and the card shows how things stand."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation import callbacks
from conversation.draft_card import ideas
from conversation.notifier import Notifier
from handlers.choices import model_meant, price_seen
from handlers.manners import Tap
from services.desk import Services
from services.drafts import Change
from services.errors import AlreadyDone, ChoiceNotOffered
from services.jobs import states
from storage.tables import User

Generate = callbacks.Generate | callbacks.GenerateFor
Choice = callbacks.ChooseLength | callbacks.ChooseShape | callbacks.ChooseModel


async def generate(
    _: CallbackQuery, callback_data: Generate, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    shown = price_seen(callback_data, services.live.now)
    async with tap.forgiving():
        job = await services.ordering.generate(user.id, callback_data.draft, callback_data.round, shown=shown)
        if job.state in states.LEASED:  # a second tap: the worker shows how the first one's work goes
            return
        if job.state in states.TERMINAL:  # the button is older than the clip it made
            raise AlreadyDone
    await tap.answer()
    # The button is under a thank-you for credits, too, far below the card.
    await notifier.show_draft(user, callback_data.draft, below=tap.message_id)


async def choose(
    _: CallbackQuery, callback_data: Choice, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        what, value = _choice(services, callback_data)
        await services.drafts.choose(user.id, callback_data.draft, what, value)
    await tap.answer()
    await notifier.show_draft(user, callback_data.draft)


def _choice(services: Services, tapped: Choice) -> tuple[Change, str | int]:
    if isinstance(tapped, callbacks.ChooseLength):
        return "duration_s", tapped.seconds
    if isinstance(tapped, callbacks.ChooseShape):
        return "shape", tapped.shape
    return "model", model_meant(services.cards.models, tapped.model)


async def use_idea(
    _: CallbackQuery, callback_data: callbacks.UseIdea, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        offered = ideas()
        if callback_data.idea >= len(offered):
            raise ChoiceNotOffered(f"idea {callback_data.idea}")
        await services.drafts.write_prompt(user.id, callback_data.draft, offered[callback_data.idea][1])
    await tap.answer()
    await notifier.show_draft(user, callback_data.draft)


async def cancel(
    _: CallbackQuery, callback_data: callbacks.CancelDraft, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    draft = await services.drafts.get(user.id, callback_data.draft)
    async with tap.forgiving():
        await services.cancel.draft(user.id, draft.id)
    await tap.answer()
    await notifier.show_draft(user, draft.id)


async def put_away(
    _: CallbackQuery, callback_data: callbacks.PutAway, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        await services.drafts.close(user.id, callback_data.draft)
    await tap.answer()
    await _show(user, services, notifier, callback_data.draft)


async def bring_back(
    _: CallbackQuery, callback_data: callbacks.BringBack, user: User, services: Services, notifier: Notifier, tap: Tap
) -> None:
    async with tap.forgiving():
        await services.drafts.expect_prompt(user.id, callback_data.draft)
    await tap.answer()
    await _show(user, services, notifier, callback_data.draft)


async def _show(user: User, services: Services, notifier: Notifier, draft_id: int) -> None:
    """The draft came into its album or left it: the album's picture shows others than before."""
    await notifier.show_draft(user, draft_id)
    draft = await services.drafts.get(user.id, draft_id)
    if draft.album_id is not None:
        await notifier.show_album(user, draft.album_id, new_sheet=True)


def router() -> Router:
    made = Router(name="drafts")
    for kind in (callbacks.Generate, callbacks.GenerateFor):
        made.callback_query.register(generate, kind.filter())
    for choice in (callbacks.ChooseLength, callbacks.ChooseShape, callbacks.ChooseModel):
        made.callback_query.register(choose, choice.filter())
    made.callback_query.register(use_idea, callbacks.UseIdea.filter())
    made.callback_query.register(cancel, callbacks.CancelDraft.filter())
    made.callback_query.register(put_away, callbacks.PutAway.filter())
    made.callback_query.register(bring_back, callbacks.BringBack.filter())
    return made
