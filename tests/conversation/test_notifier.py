"""Delivering what the outbox holds: once in good weather, again in bad, and never twice what was seen to arrive."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import EditMessageCaption, EditMessageMedia, SendMediaGroup, SendMessage, SendPhoto, SendVideo
from aiogram.types import BufferedInputFile

from conversation.notifier import TryLater, Undeliverable
from providers.base import FailureReason
from services.outbox import Message
from storage.tables import Draft, Take, User
from tests.conversation.shown import seen
from tests.conversation.stage import Stage
from tests.conversation.telegram import Telegram
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE


async def drafted(stage: Stage, alice: User) -> Draft:
    """A draft whose card is in the chat."""
    draft = await stage.shop.draft_of(alice)
    await stage.notifier.show_draft(alice, draft.id)
    return await stage.shop.drafts.get(alice.id, draft.id)


async def taken(stage: Stage, alice: User, draft: Draft) -> tuple[Take, Message]:
    """A finished take, and the message that is to bring it."""
    take = await stage.shop.take_of(alice, draft)
    return take, await stage.next_message()


async def test_a_clip_arrives_as_a_playable_video_that_answers_its_card(stage: Stage, alice: User) -> None:
    draft = await drafted(stage, alice)
    _, message = await taken(stage, alice, draft)
    await stage.notifier.deliver(message)
    (video,) = stage.telegram.sent(SendVideo)
    assert isinstance(video.video, BufferedInputFile)
    assert isinstance(video.thumbnail, BufferedInputFile)
    assert (video.width, video.height, video.duration, video.supports_streaming) == (160, 90, 5, True)
    assert video.reply_parameters.message_id == draft.card_message_id
    assert video.reply_parameters.allow_sending_without_reply
    assert "2 credits, 98 left" in seen(video.caption)


async def test_the_card_ends_and_what_comes_next_gets_a_new_one(stage: Stage, alice: User) -> None:
    draft = await drafted(stage, alice)
    _, message = await taken(stage, alice, draft)
    await stage.notifier.deliver(message)
    assert "Done" in stage.telegram.shown(draft.card_message_id or 0)
    assert stage.telegram.buttons(draft.card_message_id or 0) == ""
    assert (await stage.shop.drafts.get(alice.id, draft.id)).card_message_id is None


async def test_where_it_went_is_remembered(stage: Stage, alice: User) -> None:
    take, message = await taken(stage, alice, await drafted(stage, alice))
    await stage.notifier.deliver(message)
    kept = (await stage.shop.takes.view(alice.id, take.id)).take
    assert kept.video_file_id == f"file-{kept.message_id}"


async def test_a_clip_that_arrived_is_not_sent_again(stage: Stage, alice: User) -> None:
    _, message = await taken(stage, alice, await drafted(stage, alice))
    stage.telegram.refuse(EditMessageCaption, 429, "Too Many Requests", retry_after=1)
    with pytest.raises(TryLater):
        await stage.notifier.deliver(message)
    again = stage.restarted()
    await again.deliver(message)
    await again.deliver(message)
    assert len(stage.telegram.sent(SendVideo)) == 1


async def test_told_once_more_that_a_clip_is_there_it_does_not_end_the_card_of_the_next(
    stage: Stage, alice: User
) -> None:
    """The clip had come, its card could not be ended, and they have gone on meanwhile."""
    draft = await drafted(stage, alice)
    _, message = await taken(stage, alice, draft)
    stage.telegram.refuse(EditMessageCaption, 502, "Bad Gateway")
    with pytest.raises(TryLater):
        await stage.notifier.deliver(message)
    await stage.notifier.show_draft(alice, draft.id, fresh=True)
    card = (await stage.shop.drafts.get(alice.id, draft.id)).card_message_id or 0

    await stage.notifier.deliver(message)

    assert "Another take" in stage.telegram.shown(card)
    assert (await stage.shop.drafts.get(alice.id, draft.id)).card_message_id == card


async def test_a_failure_is_told_with_its_reason_and_the_card_is_a_draft_again(stage: Stage, alice: User) -> None:
    draft = await drafted(stage, alice)
    await stage.shop.job_of(alice, draft)
    claim = await stage.shop.claim()
    await stage.shop.outcomes.fail(claim.job, claim.fence, FailureReason.BUSY)
    await stage.notifier.deliver(await stage.next_message())
    (told,) = stage.telegram.sent(SendMessage)
    assert "overcrowded" in told.text
    assert "2 credits are back" in told.text
    assert told.reply_parameters.message_id == draft.card_message_id
    assert "Try again" in stage.telegram.buttons(draft.card_message_id or 0)


async def test_a_cancelled_clip_makes_the_card_a_draft_again_and_says_no_more(stage: Stage, alice: User) -> None:
    draft = await drafted(stage, alice)
    await stage.shop.job_of(alice, draft)
    await stage.shop.cancel.draft(alice.id, draft.id)
    await stage.notifier.deliver(await stage.next_message())
    assert stage.telegram.sent(SendMessage) == []
    assert "Cancelled" in stage.telegram.shown(draft.card_message_id or 0)


async def test_an_album_gets_one_card_with_all_its_photos(stage: Stage, alice: User) -> None:
    for _ in range(3):
        await stage.shop.draft_of(alice, album="g", caption="")
    await stage.notifier.deliver(await stage.next_message())
    (card,) = stage.telegram.sent(SendPhoto)
    assert isinstance(card.photo, BufferedInputFile)
    assert "3 photos" in seen(card.caption)


async def test_a_late_photo_comes_into_the_card_that_is_there(stage: Stage, alice: User) -> None:
    await stage.shop.draft_of(alice, album="g")
    await stage.notifier.deliver(await stage.next_message())
    await stage.shop.draft_of(alice, album="g")
    await stage.notifier.deliver(await stage.next_message())
    assert len(stage.telegram.sent(SendPhoto)) == 1
    (edit,) = stage.telegram.sent(EditMessageMedia)
    assert isinstance(edit.media.media, BufferedInputFile)
    assert "2 photos" in seen(edit.media.caption)


async def test_a_clip_of_an_album_answers_the_albums_card(stage: Stage, alice: User) -> None:
    draft = await stage.shop.draft_of(alice, album="g")
    await stage.notifier.deliver(await stage.next_message())
    _, message = await taken(stage, alice, draft)
    await stage.notifier.deliver(message)
    album = await stage.shop.cards.album(alice.id, draft.album_id or 0)
    (video,) = stage.telegram.sent(SendVideo)
    assert video.reply_parameters.message_id == album.album.card_message_id
    assert "done ✅" in stage.telegram.shown(album.album.card_message_id or 0)


async def test_it_speaks_the_language_of_whom_it_writes_to(stage: Stage, alice: User) -> None:
    await stage.users.choose_language(alice.id, "ru")
    take, message = await taken(stage, alice, await stage.shop.draft_of(alice))
    await stage.notifier.deliver(message)
    assert "2 кредита" in stage.telegram.sent(SendVideo)[0].caption
    assert take.number == 1


@pytest.mark.parametrize("why", ["Forbidden: bot was blocked by the user", "Forbidden: user is deactivated"])
async def test_who_blocked_the_bot_is_written_to_no_more(stage: Stage, alice: User, why: str) -> None:
    _, message = await taken(stage, alice, await stage.shop.draft_of(alice))
    stage.telegram.refuse(SendVideo, 403, why)
    with pytest.raises(Undeliverable):
        await stage.notifier.deliver(message)
    assert (await stage.users.get(alice.id)).unreachable_at is not None
    calls = len(stage.telegram.calls)
    with pytest.raises(Undeliverable):
        await stage.notifier.deliver(message)
    assert len(stage.telegram.calls) == calls


async def test_a_chat_that_never_was_is_undeliverable(stage: Stage, alice: User) -> None:
    _, message = await taken(stage, alice, await stage.shop.draft_of(alice))
    stage.telegram.refuse(SendVideo, 400, "Bad Request: chat not found")
    with pytest.raises(Undeliverable):
        await stage.notifier.deliver(message)
    assert (await stage.users.get(alice.id)).unreachable_at is not None


async def test_what_is_too_large_to_be_sent_comes_as_a_link(stage: Stage, alice: User) -> None:
    take, message = await taken(stage, alice, await stage.shop.draft_of(alice))
    stage.telegram.refuse(SendVideo, 413, "Request Entity Too Large")
    await stage.notifier.deliver(message)
    linked = stage.telegram.sent(SendMessage)[-1]
    assert "more than Telegram lets me send" in linked.text
    assert "for 24 hours" in linked.text
    assert "snow" in linked.text
    download, anew = linked.reply_markup.inline_keyboard[0]
    assert take.video_key in download.url
    assert anew.callback_data == f"tl:{take.id}"


async def test_a_429_says_how_long_to_wait_and_nothing_is_sent_until_then(stage: Stage, alice: User) -> None:
    _, message = await taken(stage, alice, await stage.shop.draft_of(alice))
    stage.telegram.refuse(SendVideo, 429, "Too Many Requests", retry_after=37)
    with pytest.raises(TryLater) as first:
        await stage.notifier.deliver(message)
    assert first.value.seconds == 37
    with pytest.raises(TryLater) as second:
        await stage.notifier.deliver(message)
    assert 30 < second.value.seconds <= 37
    assert len(stage.telegram.sent(SendVideo)) == 1


def weather(telegram: Telegram, fault: str) -> None:
    if fault == "5xx":
        telegram.refuse(SendVideo, 502, "Bad Gateway")
    elif fault == "html":
        telegram.garble(SendVideo)
    else:
        telegram.drop(SendVideo, TelegramNetworkError(method=SendMessage(chat_id=1, text="x"), message="reset"))


@pytest.mark.parametrize("fault", ["5xx", "html", "network"])
async def test_bad_weather_means_later(stage: Stage, alice: User, fault: str) -> None:
    _, message = await taken(stage, alice, await stage.shop.draft_of(alice))
    weather(stage.telegram, fault)
    with pytest.raises(TryLater):
        await stage.notifier.deliver(message)
    await stage.notifier.deliver(message)
    assert len(stage.telegram.sent(SendVideo)) == 2


async def test_a_project_is_sent_in_order_by_the_ids_telegram_has(stage: Stage, alice: User) -> None:
    takes = [await stage.approved(alice) for _ in range(11)]
    view = await stage.shop.projects.view(alice.id, (await stage.shop.projects.list(alice.id))[0].project.id)
    stage.telegram.calls.clear()
    await stage.notifier.send_project(alice, view)
    (group,), (last,) = stage.telegram.sent(SendMediaGroup), stage.telegram.sent(SendVideo)
    assert [one.media for one in group.media] + [last.video] == [take.video_file_id for take in takes]


async def test_clips_whose_ids_telegram_forgot_are_uploaded(stage: Stage, alice: User) -> None:
    for _ in range(2):
        await stage.approved(alice)
    view = await stage.shop.projects.view(alice.id, (await stage.shop.projects.list(alice.id))[0].project.id)
    stage.telegram.refuse(SendMediaGroup, 400, "Bad Request: wrong file identifier/HTTP URL specified")
    await stage.notifier.send_project(alice, view)
    again = stage.telegram.sent(SendMediaGroup)[1]
    assert all(isinstance(one.media, BufferedInputFile) for one in again.media)
    assert all(isinstance(one.thumbnail, BufferedInputFile) for one in again.media)


async def test_a_single_clip_whose_id_telegram_forgot_is_uploaded(stage: Stage, alice: User) -> None:
    await stage.approved(alice)
    view = await stage.shop.projects.view(alice.id, (await stage.shop.projects.list(alice.id))[0].project.id)
    stage.telegram.calls.clear()
    stage.telegram.refuse(SendVideo, 400, "Bad Request: wrong file identifier/HTTP URL specified")
    await stage.notifier.send_project(alice, view)
    first, second = stage.telegram.sent(SendVideo)
    assert (type(first.video), type(second.video)) == (str, BufferedInputFile)


async def test_an_empty_project_sends_nothing(stage: Stage, alice: User) -> None:
    project = await stage.shop.projects.start(alice.id)
    await stage.notifier.send_project(alice, await stage.shop.projects.view(alice.id, project.id))
    assert stage.telegram.calls == []


async def test_a_take_message_that_was_deleted_is_no_trouble(stage: Stage, alice: User) -> None:
    take = await stage.approved(alice)
    stage.telegram.refuse(EditMessageCaption, 400, "Bad Request: message to edit not found")
    await stage.notifier.show_take(alice, await stage.shop.takes.view(alice.id, take.id))
    assert [type(call) for call in stage.telegram.calls] == [EditMessageCaption]


async def test_a_clip_that_came_late_arrives_as_a_gift(stage: Stage, alice: User) -> None:
    draft = await drafted(stage, alice)
    job = await stage.shop.job_of(alice, draft)
    claim = await stage.shop.claim()
    await stage.shop.outcomes.fail(claim.job, claim.fence, FailureReason.TIMED_OUT)
    await stage.notifier.deliver(await stage.next_message())
    async with stage.shop.db.transaction() as session:
        await stage.shop.kind.give(session, await stage.shop.job(job.id), await stage.shop.stored(claim))
    message = await stage.next_message()

    await stage.notifier.deliver(message)
    await stage.restarted().deliver(message)

    (video,) = stage.telegram.sent(SendVideo)
    assert "came late, so it's on the house" in seen(video.caption)
    assert "Another take" in stage.telegram.shown(draft.card_message_id or 0)
    assert (await stage.shop.drafts.get(alice.id, draft.id)).card_message_id == draft.card_message_id
