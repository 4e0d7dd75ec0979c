from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import SendMessage, SendPhoto

from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.money import take_away
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


async def delivered(chat: Chat) -> int:
    """What waits is made and delivered; returns the message of the newest take."""
    claim = await chat.shop.claim()
    await chat.shop.outcomes.succeed(claim, await chat.shop.stored(claim))
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    ((message_id,),) = await rows(chat.shop.db, "SELECT message_id FROM takes ORDER BY id DESC LIMIT 1")
    return int(message_id)


@pytest.fixture(autouse=True)
async def first(chat: Chat) -> int:
    """A clip was made of draft 1 and delivered; the message of take 1."""
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO, caption="snow")
    await chat.taps("dg:1:0")
    return await delivered(chat)


def under(chat: Chat, message_id: int) -> dict[str, Any]:
    video = {"file_id": "v", "file_unique_id": "v", "width": 16, "height": 9, "duration": 5}
    return {"message_id": message_id, "date": 1, "chat": chat.place, "video": video}


async def test_approving_makes_the_first_project_and_offers_to_name_it(chat: Chat, first: int) -> None:
    answer = await chat.taps("ta:1", message=under(chat, first))
    assert answer["text"] == "✓ Approved into “Project 1”"
    assert "✓ In “Project 1” · clip 1" in chat.telegram.shown(first)
    assert "Name it" in chat.telegram.sent(SendMessage)[-1].reply_markup.model_dump_json()


async def test_approving_twice_asks_for_no_second_name(chat: Chat, first: int) -> None:
    for _ in range(2):
        await chat.taps("ta:1", message=under(chat, first))
    assert len(chat.telegram.sent(SendMessage)) == 1
    assert await rows(chat.shop.db, "SELECT count(*) FROM clips") == [(1,)]


async def test_again_shows_a_fresh_card_at_work(chat: Chat, first: int) -> None:
    await chat.taps("tg:1:1:1", message=under(chat, first))
    assert len(chat.telegram.sent(SendPhoto)) == 2
    assert "Making your clip" in chat.telegram.sent(SendPhoto)[-1].caption


async def test_a_double_tap_on_again_makes_one_job_and_one_card(chat: Chat, first: int) -> None:
    for _ in range(3):
        await chat.taps("tg:1:1:1", message=under(chat, first))
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(2,)]
    assert len(chat.telegram.sent(SendPhoto)) == 2


async def test_an_old_again_gets_new_buttons_and_works_the_next_time(chat: Chat, first: int) -> None:
    await chat.taps("tg:1:1:1", message=under(chat, first))
    await delivered(chat)
    answer = await chat.taps("tg:1:1:1", message=under(chat, first))
    assert "once more" in answer["text"]
    assert "tg:1:1:2" in chat.telegram.buttons(first)
    await chat.taps("tg:1:1:2", message=under(chat, first))
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(3,)]


async def test_takes_are_counted_and_another_one_can_be_approved(chat: Chat, first: int) -> None:
    await chat.taps("ta:1", message=under(chat, first))
    await chat.taps("tg:1:1:1", message=under(chat, first))
    second = await delivered(chat)
    assert "Take 2 of 2" in chat.telegram.shown(second)
    await chat.taps("ta:2", message=under(chat, second))
    assert "✓ In" in chat.telegram.shown(second)
    assert "✅ Approve" in chat.telegram.buttons(first)
    await chat.taps("ta:1", message=under(chat, first))
    assert "✓ In" in chat.telegram.shown(first)
    assert "✅ Approve" in chat.telegram.buttons(second)


async def test_changing_the_prompt_opens_a_new_card_for_it(chat: Chat, first: int) -> None:
    await chat.taps("tp:1", message=under(chat, first))
    await chat.says("rain")
    assert "rain" in chat.last
    assert await rows(chat.shop.db, "SELECT prompt FROM takes") == [("snow",)]


async def test_while_the_next_take_is_made_the_prompt_waits(chat: Chat, first: int) -> None:
    await chat.taps("tg:1:1:1", message=under(chat, first))
    answer = await chat.taps("tp:1", message=under(chat, first))
    assert "being made" in answer["text"]
    assert answer["window"]


async def test_a_discarded_take_can_be_kept_after_all(chat: Chat, first: int) -> None:
    await chat.taps("tx:1", message=under(chat, first))
    assert chat.telegram.shown(first) == "🗑 Discarded"
    assert "already done" in (await chat.taps("ta:1", message=under(chat, first)))["text"]
    await chat.taps("tk:1", message=under(chat, first))
    assert "✅ Approve" in chat.telegram.buttons(first)


async def test_an_approved_take_is_not_discarded_by_an_old_button(chat: Chat, first: int) -> None:
    await chat.taps("ta:1", message=under(chat, first))
    await chat.taps("tx:1", message=under(chat, first))
    assert "✓ In" in chat.telegram.shown(first)


async def test_a_draft_that_was_put_away_can_still_be_made_again(chat: Chat, first: int) -> None:
    await chat.taps("tp:1", message=under(chat, first))
    await chat.taps("dx:1")
    await chat.taps("tg:1:1:1", message=under(chat, first))
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(2,)]


async def test_a_button_under_a_message_telegram_no_longer_shows_works(chat: Chat, first: int) -> None:
    await chat.taps("ta:1", message={"message_id": first, "date": 0, "chat": chat.place})
    assert "✓ In" in chat.telegram.shown(first)


async def test_nobody_elses_taps_do_anything(chat: Chat, bobs: Chat) -> None:
    for tap in ("ta:1", "tg:1:1:1", "tp:1", "tx:1", "tk:1"):
        assert "isn't yours" in (await bobs.taps(tap))["text"], tap
    assert await rows(chat.shop.db, "SELECT count(*) FROM clips") == [(0,)]
    assert await rows(chat.shop.db, "SELECT discarded_at FROM takes") == [(None,)]
    assert bobs.heard == []


async def test_another_take_that_costs_too_much_is_met_with_a_way_to_credits(chat: Chat, first: int) -> None:
    await take_away(chat.shop.db, await chat.user(), 7)

    answer = await chat.taps("tg:1:1:1", message=under(chat, first))

    assert answer["window"]
    short = chat.telegram.sent(SendMessage)[-1]
    assert "This costs 2 credits and you have 1." in short.text
    assert short.reply_markup.inline_keyboard[0][0].callback_data == "b:1:"
