"""The film of a project in the chat: choosing, making, stopping, and having it again."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import EditMessageText, SendMessage, SendVideo
from aiogram.types import BufferedInputFile

from conversation.videos import LARGEST_UPLOAD
from services.cards import Shown
from tests.handlers.chat import Chat
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.films import Joinery, project_of

pytestmark = ON_SQLITE
MAKE = "fm:1:480:cut:0:0"
CARD = 5
"""The message whose buttons are tapped."""


@pytest.fixture(autouse=True)
def joinery(monkeypatch: pytest.MonkeyPatch) -> Joinery:
    made = Joinery()
    monkeypatch.setattr("media.film.join", made.join)
    return made


@pytest.fixture(autouse=True)
async def _project(chat: Chat) -> None:
    """Alice's first, with two clips whose messages are out of the way."""
    await project_of(chat.shop, await chat.user())
    await execute(chat.shop.db, "UPDATE outbox SET state = 'sent'")


async def delivered(chat: Chat) -> None:
    """What was ordered is made, and its message goes out."""
    await chat.shop.worker().run_next("worker")
    await chat.stage.notifier.deliver(await chat.stage.next_message())


def keyboard(call: Any) -> str:
    return str(call.reply_markup.model_dump_json())


async def test_the_project_s_page_leads_to_how_the_film_should_be(chat: Chat) -> None:
    await chat.taps("po:1")
    assert '"fo:1"' in keyboard(chat.telegram.sent(EditMessageText)[-1])
    await chat.taps("fo:1")
    offered = chat.telegram.sent(EditMessageText)[-1]
    assert "The film of “Project 1”" in offered.text
    assert "2 clips · 10 s" in offered.text
    assert "✓ 720p" in keyboard(offered)
    await chat.taps("fc:1:1080:fade:0:0")
    changed = keyboard(chat.telegram.sent(EditMessageText)[-1])
    assert "✓ 1080p" in changed
    assert "✓ Fade" in changed
    assert '"fm:1:1080:fade:0:0"' in changed


async def test_the_message_of_the_choices_becomes_the_card_and_the_film_arrives_below(chat: Chat) -> None:
    await chat.taps(MAKE)
    assert "You're next in the queue" in chat.telegram.shown(CARD)
    assert '"fx:1"' in chat.telegram.buttons(CARD)

    await delivered(chat)

    (video,) = chat.telegram.sent(SendVideo)
    assert (video.width, video.height, video.duration, video.supports_streaming) == (854, 480, 10, True)
    assert isinstance(video.thumbnail, BufferedInputFile)
    assert "Project 1" in video.caption
    assert "480p · Cut" in video.caption
    assert "Done. Your film is below" in chat.telegram.shown(CARD)


async def test_a_double_tap_makes_one_film_on_one_card(chat: Chat) -> None:
    for _ in range(3):
        await chat.taps(MAKE)
    assert await rows(chat.shop.db, "SELECT count(*), max(card_message_id) FROM films") == [(1, CARD)]
    assert chat.telegram.sent(SendMessage) == []


async def test_another_message_of_the_same_choices_takes_the_card_over(chat: Chat) -> None:
    await chat.taps(MAKE)
    await chat.taps(MAKE, message={"message_id": 8, "date": 1, "chat": chat.place, "text": "old"})
    assert "next in the queue" in chat.telegram.shown(8)
    assert "newer message" in chat.telegram.shown(CARD)
    await chat.shop.claim()
    await execute(chat.shop.db, "UPDATE jobs SET state = 'running', progress = 0.5 WHERE kind = 'film'")

    (shown,), _ = await chat.shop.cards.working()
    await chat.stage.notifier.refresh(shown)

    assert shown == Shown(shown.user, "film", 1)
    assert "50 %" in chat.telegram.shown(8)


async def test_the_same_film_again_comes_at_once_by_its_id(chat: Chat, joinery: Joinery) -> None:
    await chat.taps(MAKE)
    await delivered(chat)
    answer = await chat.taps(MAKE)
    first, second = chat.telegram.sent(SendVideo)
    assert isinstance(first.video, BufferedInputFile)
    assert isinstance(second.video, str)
    assert "made already" in answer["text"]
    assert len(joinery.joined) == 1


async def test_where_telegram_has_forgotten_it_it_is_uploaded_anew(chat: Chat) -> None:
    await chat.taps(MAKE)
    await delivered(chat)
    chat.telegram.refuse(SendVideo, 400, "Bad Request: wrong file identifier/HTTP URL specified")
    await chat.taps(MAKE)
    assert [isinstance(call.video, str) for call in chat.telegram.sent(SendVideo)] == [False, True, False]
    assert (await rows(chat.shop.db, "SELECT video_file_id FROM films"))[0][0].startswith("file-")


async def test_cancelling_ends_it_and_offers_to_try_again(chat: Chat) -> None:
    await chat.taps(MAKE)
    await chat.taps("fx:1")
    assert "Cancelled" in chat.telegram.shown(CARD)
    assert '"fc:1:480:cut:0:0"' in chat.telegram.buttons(CARD)
    assert (await chat.taps("fx:1"))["text"] == "This was already done."
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert chat.telegram.sent(SendMessage) == []


async def test_the_command_to_cancel_stops_films_too(chat: Chat) -> None:
    await chat.taps(MAKE)
    await chat.says("/cancel")
    assert "1 film is being made right now" in chat.last
    await chat.taps("cx")
    assert await rows(chat.shop.db, "SELECT state FROM jobs WHERE kind = 'film'") == [("cancelled",)]


async def test_a_failure_is_told_in_plain_words_below_its_card(chat: Chat, joinery: Joinery) -> None:
    await chat.taps(MAKE)
    ((key, *_),) = await rows(chat.shop.db, "SELECT video_key FROM takes ORDER BY id LIMIT 1")
    await chat.shop.store.delete(key)

    await delivered(chat)

    told = chat.telegram.sent(SendMessage)[-1]
    assert "couldn't make the film of “Project 1”. A clip or the music was changed" in told.text
    assert told.reply_parameters.message_id == CARD
    assert "Try again" in chat.telegram.buttons(CARD)


async def test_what_is_too_large_to_be_sent_is_a_link_and_a_new_one_can_be_had(chat: Chat) -> None:
    await chat.taps(MAKE)
    await chat.shop.worker().run_next("worker")
    await execute(chat.shop.db, "UPDATE films SET size_bytes = :size", size=LARGEST_UPLOAD + 1)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    for count in (1, 2):
        linked = chat.telegram.sent(SendMessage)[-1]
        assert "It is 50 MB, more than Telegram lets me send" in linked.text
        download, anew = linked.reply_markup.inline_keyboard[0]
        assert "/media/films/" in download.url
        assert len(chat.telegram.sent(SendMessage)) == count
        await chat.taps(anew.callback_data)
    assert chat.telegram.sent(SendVideo) == []
    await execute(chat.shop.db, "UPDATE films SET erased_at = created_at")
    assert "deleted for good" in (await chat.taps(anew.callback_data))["text"]


async def test_a_take_that_is_too_large_keeps_its_buttons_below_a_link(chat: Chat) -> None:
    await execute(chat.shop.db, "UPDATE takes SET size_bytes = :size, message_id = 5", size=LARGEST_UPLOAD + 1)
    await chat.taps("pp:1")
    assert len(chat.telegram.sent(SendMessage)) == 2
    assert "tl:1" in keyboard(chat.telegram.sent(SendMessage)[0])
    await chat.taps("tl:1")
    assert len(chat.telegram.sent(SendMessage)) == 3
    await chat.taps("ta:1")
    assert "✓ In “Project 1”" in chat.telegram.shown(CARD)


async def test_an_empty_project_says_so(chat: Chat) -> None:
    await chat.says("/new")
    for data in ("fo:2", "fc:2:480:cut:0:0", "fm:2:480:cut:0:0"):
        assert "no clips in it yet" in (await chat.taps(data))["text"]


@pytest.mark.parametrize("data", ["fo:1", "fc:1:480:cut:0:0", MAKE, "fx:1", "fl:1", "tl:1"])
async def test_a_stranger_s_tap_does_nothing(chat: Chat, bobs: Chat, data: str) -> None:
    await chat.taps(MAKE)
    assert "isn't yours" in (await bobs.taps(data))["text"]
    assert await rows(chat.shop.db, "SELECT user_id FROM films") == [((await chat.user()).id,)]
    assert bobs.telegram.sent(SendVideo) == []


async def test_heights_of_one_s_own_making_are_refused(chat: Chat) -> None:
    assert "no longer on offer" in (await chat.taps("fm:1:4320:cut:0:0"))["text"]


async def test_who_was_away_gets_their_film_when_they_are_back(chat: Chat) -> None:
    await chat.taps(MAKE)
    await chat.shop.worker().run_next("worker")
    await execute(chat.shop.db, "UPDATE outbox SET state = 'given_up'")
    await chat.shop.films.send_what_never_arrived((await chat.user()).id)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert len(chat.telegram.sent(SendVideo)) == 1
