"""Cards: one message that changes, seldom enough, and never back to what is over."""

from __future__ import annotations

import asyncio

import pytest
from aiogram.methods import EditMessageCaption, EditMessageMedia, SendPhoto
from aiogram.types import BufferedInputFile

from conversation.pace import GLOBAL_BURST
from conversation.turns import GAP_SECONDS, Turns
from services.cards import Shown
from services.jobs.queue import Claim
from storage.tables import Draft, User
from tests.conversation.stage import Stage
from tests.conversation.test_turns import Clock
from tests.support.database import ON_SQLITE, execute

pytestmark = ON_SQLITE

EDITS = (EditMessageCaption, EditMessageMedia)


@pytest.fixture
def clock(stage: Stage) -> Clock:
    """The time by which cards take their turns."""
    clock = Clock()
    stage.notifier._screen._turns = Turns(clock)
    return clock


async def carded(stage: Stage, alice: User, *, album: str | None = None) -> Draft:
    draft = await stage.shop.draft_of(alice, album=album)
    await stage.notifier.show_draft(alice, draft.id)
    return await stage.shop.drafts.get(alice.id, draft.id)


async def working(stage: Stage, alice: User) -> tuple[Draft, Claim, Shown]:
    """A draft whose clip is being made, with its card in the chat."""
    draft = await carded(stage, alice)
    await stage.shop.job_of(alice, draft)
    claim = await stage.shop.claim()
    await stage.notifier.show_draft(alice, draft.id)
    stage.telegram.calls.clear()
    return draft, claim, Shown(alice, "draft", draft.id)


def edits(stage: Stage) -> int:
    return sum(len(stage.telegram.sent(kind)) for kind in EDITS)


async def progress(stage: Stage, claim: Claim, done: float) -> None:
    await execute(stage.shop.db, "UPDATE jobs SET progress = :done WHERE id = :id", done=done, id=claim.job.id)


async def test_a_card_is_sent_once_and_then_edited(stage: Stage, alice: User) -> None:
    draft = await carded(stage, alice)
    await stage.shop.drafts.choose(alice.id, draft.id, "duration_s", 10)
    await stage.notifier.show_draft(alice, draft.id)
    assert len(stage.telegram.sent(SendPhoto)) == 1
    assert "4 credits" in stage.telegram.buttons(draft.card_message_id or 0)


async def test_a_card_that_would_not_change_is_no_trouble(stage: Stage, alice: User) -> None:
    draft = await carded(stage, alice)
    await stage.notifier.show_draft(alice, draft.id)
    assert len(stage.telegram.sent(SendPhoto)) == 1


async def test_a_card_its_owner_deleted_is_sent_anew_when_they_act(stage: Stage, alice: User) -> None:
    draft = await carded(stage, alice)
    stage.telegram.refuse(EditMessageCaption, 400, "Bad Request: message to edit not found")
    await stage.notifier.show_draft(alice, draft.id)
    again = await stage.shop.drafts.get(alice.id, draft.id)
    assert len(stage.telegram.sent(SendPhoto)) == 2
    assert again.card_message_id != draft.card_message_id


async def test_the_picture_goes_up_once_and_by_its_id_afterwards(stage: Stage, alice: User) -> None:
    draft = await carded(stage, alice)
    await stage.notifier.show_draft(alice, draft.id, fresh=True)
    first, second = stage.telegram.sent(SendPhoto)
    assert isinstance(first.photo, BufferedInputFile)
    assert second.photo == draft.photo_file_id == f"file-{draft.card_message_id}"


async def test_a_picture_telegram_forgot_goes_up_again(stage: Stage, alice: User) -> None:
    draft = await carded(stage, alice)
    stage.telegram.refuse(SendPhoto, 400, "Bad Request: wrong file identifier/HTTP URL specified")
    await stage.notifier.show_draft(alice, draft.id, fresh=True)
    assert isinstance(stage.telegram.sent(SendPhoto)[-1].photo, BufferedInputFile)


async def test_a_fresh_card_takes_the_buttons_from_the_old_one(stage: Stage, alice: User) -> None:
    old = await carded(stage, alice)
    await stage.notifier.show_draft(alice, old.id, fresh=True)
    assert stage.telegram.buttons(old.card_message_id or 0) == ""
    assert "newer message" in stage.telegram.shown(old.card_message_id or 0)


async def test_a_card_above_the_eye_is_sent_below_it(stage: Stage, alice: User) -> None:
    draft = await carded(stage, alice)
    card = draft.card_message_id or 0
    await stage.notifier.show_draft(alice, draft.id, below=card - 1)
    assert len(stage.telegram.sent(SendPhoto)) == 1
    await stage.notifier.show_draft(alice, draft.id, below=card + 1)
    assert len(stage.telegram.sent(SendPhoto)) == 2


async def test_progress_is_drawn_only_when_it_changed(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    for _ in range(5):
        await stage.notifier.refresh(shown)
        clock.now += GAP_SECONDS
    assert edits(stage) == 0
    await progress(stage, claim, 0.5)
    await stage.notifier.refresh(shown)
    assert edits(stage) == 1


async def test_progress_is_drawn_at_most_once_in_the_gap(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    for second in range(12):
        await progress(stage, claim, second / 20)
        await stage.notifier.refresh(shown)
        clock.now += 1
    assert edits(stage) == 12 // GAP_SECONDS


async def test_many_at_once_draw_one_edit(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    await progress(stage, claim, 0.5)
    await asyncio.gather(*[stage.notifier.refresh(shown) for _ in range(20)])
    assert edits(stage) == 1


async def test_progress_waits_while_there_is_much_to_deliver(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    await progress(stage, claim, 0.5)
    stage.notifier._pace._all.reserve(int(GLOBAL_BURST))
    await stage.notifier.refresh(shown)
    assert edits(stage) == 0
    stage.notifier._pace._all.reserve(-int(GLOBAL_BURST))
    await stage.notifier.refresh(shown)
    assert edits(stage) == 1


async def test_a_429_stops_progress_until_it_is_over(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    stage.telegram.refuse(EditMessageCaption, 429, "Too Many Requests", retry_after=30)
    for step in range(1, 5):
        await progress(stage, claim, step / 10)
        await stage.notifier.refresh(shown)
        clock.now += GAP_SECONDS
    assert edits(stage) == 1


@pytest.mark.parametrize("why", ["message to edit not found", "MESSAGE_ID_INVALID"])
async def test_a_refused_edit_is_never_answered_with_a_new_message(
    stage: Stage, alice: User, clock: Clock, why: str
) -> None:
    _, claim, shown = await working(stage, alice)
    stage.telegram.refuse(EditMessageCaption, 400, f"Bad Request: {why}")
    for step in range(1, 4):
        await progress(stage, claim, step / 10)
        await stage.notifier.refresh(shown)
        clock.now += GAP_SECONDS
    assert edits(stage) == 1
    assert stage.telegram.sent(SendPhoto) == []


@pytest.mark.parametrize("fault", ["5xx", "html"])
async def test_bad_weather_is_waited_out_in_silence(stage: Stage, alice: User, clock: Clock, fault: str) -> None:
    draft, claim, shown = await working(stage, alice)
    if fault == "5xx":
        stage.telegram.refuse(EditMessageCaption, 502, "Bad Gateway")
    else:
        stage.telegram.garble(EditMessageCaption)
    await progress(stage, claim, 0.5)
    await stage.notifier.refresh(shown)
    clock.now += GAP_SECONDS
    await stage.notifier.refresh(shown)
    assert "50 %" in stage.telegram.shown(draft.card_message_id or 0)


async def test_whoever_blocked_the_bot_is_left_alone(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    stage.telegram.refuse(EditMessageCaption, 403, "Forbidden: bot was blocked by the user")
    await progress(stage, claim, 0.5)
    await stage.notifier.refresh(shown)
    assert (await stage.users.get(alice.id)).unreachable_at is not None


async def test_what_has_ended_is_not_refreshed(stage: Stage, alice: User, clock: Clock) -> None:
    _, claim, shown = await working(stage, alice)
    await stage.shop.outcomes.cancel(claim.job, claim.fence)
    await stage.notifier.refresh(shown)
    assert edits(stage) == 0


async def test_a_late_progress_edit_does_not_undo_a_success(stage: Stage, alice: User, clock: Clock) -> None:
    """The clip is delivered by another worker while our edit is on its way: whoever comes last draws the end."""
    draft, claim, shown = await working(stage, alice)
    elsewhere = stage.restarted()

    async def it_succeeds_and_is_delivered() -> None:
        await stage.shop.outcomes.succeed(claim, await stage.shop.stored(claim))
        await elsewhere.deliver(await stage.next_message())

    await progress(stage, claim, 0.5)
    stage.telegram.meanwhile(EditMessageCaption, it_succeeds_and_is_delivered)
    await stage.notifier.refresh(shown)
    assert "Done" in stage.telegram.shown(draft.card_message_id or 0)
    assert stage.telegram.buttons(draft.card_message_id or 0) == ""


async def test_a_late_progress_edit_does_not_undo_a_cancellation(stage: Stage, alice: User, clock: Clock) -> None:
    draft, claim, shown = await working(stage, alice)
    elsewhere = stage.restarted()

    async def it_is_cancelled() -> None:
        await stage.shop.outcomes.cancel(claim.job, claim.fence)
        await elsewhere.deliver(await stage.next_message())

    await progress(stage, claim, 0.5)
    stage.telegram.meanwhile(EditMessageCaption, it_is_cancelled)
    await stage.notifier.refresh(shown)
    assert "Cancelled" in stage.telegram.shown(draft.card_message_id or 0)
    assert "Generate" in stage.telegram.buttons(draft.card_message_id or 0)


@pytest.mark.parametrize("album", [None, "g"])
async def test_what_changes_while_a_new_card_is_on_its_way_is_shown_by_it(
    stage: Stage, alice: User, album: str | None
) -> None:
    draft = await carded(stage, alice, album=album)
    elsewhere = stage.restarted()

    async def it_rains() -> None:
        await stage.shop.drafts.write_prompt(alice.id, draft.id, "rain")
        await elsewhere.show_draft(alice, draft.id)

    stage.telegram.meanwhile(SendPhoto, it_rains)
    await stage.notifier.show_draft(alice, draft.id, fresh=True)

    now = await stage.shop.drafts.get(alice.id, draft.id)
    assert "rain" in stage.telegram.shown(now.card_message_id or 0)
    assert "newer message" in stage.telegram.shown(draft.card_message_id or 0)


async def test_what_changes_while_an_albums_card_is_on_its_way_is_shown_by_it(stage: Stage, alice: User) -> None:
    draft = await stage.shop.draft_of(alice, album="g")
    await stage.notifier.deliver(await stage.next_message())
    elsewhere, album_id = stage.restarted(), draft.album_id or 0
    old = (await stage.shop.cards.album(alice.id, album_id)).album.card_message_id or 0

    async def it_rains() -> None:
        await stage.shop.drafts.write_album_prompt(alice.id, album_id, "rain")
        await elsewhere.show_album(alice, album_id)

    stage.telegram.meanwhile(SendPhoto, it_rains)
    await stage.notifier.show_album(alice, album_id, below=old + 1)

    now = (await stage.shop.cards.album(alice.id, album_id)).album.card_message_id or 0
    assert now != old
    assert "rain" in stage.telegram.shown(now)
    assert "newer message" in stage.telegram.shown(old)


async def test_delivering_and_refreshing_at_once_leaves_the_end(stage: Stage, alice: User, clock: Clock) -> None:
    draft, claim, shown = await working(stage, alice)
    await progress(stage, claim, 0.5)
    await stage.shop.outcomes.succeed(claim, await stage.shop.stored(claim))
    message = await stage.next_message()
    await asyncio.gather(*[stage.notifier.refresh(shown) for _ in range(5)], stage.notifier.deliver(message))
    assert "Done" in stage.telegram.shown(draft.card_message_id or 0)


async def test_several_cards_of_a_chat_all_move(stage: Stage, alice: User, clock: Clock) -> None:
    one, two = await working(stage, alice), await working(stage, alice)
    for second in range(8):
        for _, claim, shown in (one, two):
            await progress(stage, claim, second / 10)
            await stage.notifier.refresh(shown)
        clock.now += 1
    drawn = {edit.message_id for edit in stage.telegram.sent(EditMessageCaption)}
    assert drawn == {one[0].card_message_id, two[0].card_message_id}


async def test_an_album_and_its_photos_tell_the_same(stage: Stage, alice: User) -> None:
    first = await stage.shop.draft_of(alice, album="g", caption="")
    await stage.shop.draft_of(alice, album="g", caption="")
    await stage.notifier.deliver(await stage.next_message())
    album = (await stage.shop.cards.album(alice.id, first.album_id or 0)).album
    await stage.notifier.show_draft(alice, first.id)
    own = (await stage.shop.drafts.get(alice.id, first.id)).card_message_id or 0
    await stage.shop.drafts.write_prompt(alice.id, first.id, "rain")
    await stage.notifier.show_draft(alice, first.id)
    assert "rain" in stage.telegram.shown(album.card_message_id or 0)
    await stage.shop.drafts.write_album_prompt(alice.id, album.id, "dust")
    await stage.notifier.show_album(alice, album.id)
    assert "dust" in stage.telegram.shown(own)


async def test_an_album_that_ends_is_drawn_once_more(stage: Stage, alice: User, clock: Clock) -> None:
    draft = await stage.shop.draft_of(alice, album="g")
    await stage.notifier.deliver(await stage.next_message())
    album = (await stage.shop.cards.album(alice.id, draft.album_id or 0)).album
    await stage.shop.job_of(alice, draft)
    claim = await stage.shop.claim()
    await stage.notifier.refresh(Shown(alice, "album", album.id))
    assert "0 %" in stage.telegram.shown(album.card_message_id or 0)
    await stage.shop.outcomes.cancel(claim.job, claim.fence)
    await stage.notifier.deliver(await stage.next_message())
    assert "%" not in stage.telegram.shown(album.card_message_id or 0)


async def test_an_album_card_its_owner_deleted_is_sent_anew_when_they_act(stage: Stage, alice: User) -> None:
    draft = await stage.shop.draft_of(alice, album="g")
    await stage.notifier.deliver(await stage.next_message())
    stage.telegram.refuse(EditMessageMedia, 400, "Bad Request: message to edit not found")
    await stage.notifier.show_album(alice, draft.album_id or 0, new_sheet=True)
    stage.telegram.refuse(EditMessageCaption, 400, "Bad Request: message to edit not found")
    await stage.notifier.show_album(alice, draft.album_id or 0)
    assert len(stage.telegram.sent(SendPhoto)) == 3
