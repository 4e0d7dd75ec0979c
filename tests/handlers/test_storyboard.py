"""Approving an album from its card."""

from __future__ import annotations

import pytest
from aiogram.methods import SendMessage

from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE
NUMBERS = (21_002, 21_000, 21_001)


@pytest.fixture(autouse=True)
async def card(chat: Chat) -> int:
    """Three photos that came in another order than they were sent, each with a clip that was delivered; the card."""
    chat.telegram.file = [jpeg()]
    for number in NUMBERS:
        await chat.sends(photo=PHOTO, media_group_id="g", message_id=number)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    await chat.taps("ag:1:0")
    for _ in NUMBERS:
        claim = await chat.shop.claim()
        await chat.shop.outcomes.succeed(claim, await chat.shop.stored(claim))
        await chat.stage.notifier.deliver(await chat.stage.next_message())
    ((found,),) = await rows(chat.shop.db, "SELECT card_message_id FROM albums")
    return int(found)


async def messages(chat: Chat) -> list[int]:
    """Of the takes, in the order the photos were sent."""
    found = await rows(
        chat.shop.db, "SELECT t.message_id FROM takes t JOIN drafts d ON d.id = t.draft_id ORDER BY d.source_key"
    )
    return [number for (number,) in found]


async def test_once_all_is_made_one_tap_approves_all_of_it(chat: Chat, card: int) -> None:
    assert "✅ Approve all · 3 clips" in chat.telegram.buttons(card)
    assert chat.telegram.shown(card).count("done ✅") == 3

    assert (await chat.taps("aa:1"))["text"] == "✓ All 3 approved into “Project 1”"

    assert chat.telegram.shown(card).count("in Project 1 ✓") == 3
    assert "3 of 3 approved" in chat.telegram.shown(card)
    assert "Approve all" not in chat.telegram.buttons(card)
    for place, message_id in enumerate(await messages(chat), start=1):
        assert f"✓ In “Project 1” · clip {place}" in chat.telegram.shown(message_id)
    (told,) = chat.telegram.sent(SendMessage)
    assert "3 clips are in <b>Project 1</b> now, in the order you sent" in told.text
    assert "Name it" in told.reply_markup.model_dump_json()


async def test_a_second_tap_changes_nothing_and_says_so(chat: Chat) -> None:
    await chat.taps("aa:1")
    assert "already done" in (await chat.taps("aa:1"))["text"]
    assert len(chat.telegram.sent(SendMessage)) == 1
    assert await rows(chat.shop.db, "SELECT count(*) FROM clips") == [(3,)]


async def test_approved_one_by_one_the_card_says_how_many(chat: Chat, card: int) -> None:
    await chat.taps("ta:2")
    assert "1 of 3 approved" in chat.telegram.shown(card)
    assert "✅ Approve all · 2 clips" in chat.telegram.buttons(card)


async def test_the_answer_says_which_photos_were_approved_and_where_they_went(chat: Chat) -> None:
    await chat.taps("ta:2")
    assert (await chat.taps("aa:1"))["text"] == "✓ 1, 3 of 3 approved into “Project 1”"


async def test_a_stranger_approves_nothing_of_it(chat: Chat, bobs: Chat) -> None:
    await bobs.says("/start")
    assert "isn't yours" in (await bobs.taps("aa:1"))["text"]
    assert await rows(chat.shop.db, "SELECT id FROM clips") == []
