from __future__ import annotations

import pytest
from aiogram.methods import EditMessageMedia, SendPhoto

from conversation.callbacks import model_mark
from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.money import take_away
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
async def card(chat: Chat) -> int:
    """The card of an album of three is in the chat; its message id."""
    chat.telegram.file = [jpeg()]
    for _ in range(3):
        await chat.sends(photo=PHOTO, media_group_id="g")
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    ((found,),) = await rows(chat.shop.db, "SELECT card_message_id FROM albums")
    return int(found)


async def test_one_button_makes_them_all(chat: Chat, card: int) -> None:
    assert "aj:1:0:6" in chat.telegram.buttons(card)
    await chat.taps("aj:1:0:6")
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(3,)]
    assert chat.telegram.shown(card).count("waiting") == 3
    assert "Cancel all" in chat.telegram.buttons(card)


async def test_a_button_with_another_price_makes_none_and_the_card_shows_what_it_costs(chat: Chat, card: int) -> None:
    assert "It costs 6 credits by now" in (await chat.taps("aj:1:0:3"))["text"]
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(0,)]
    assert await chat.shop.balance(await chat.user()) == (10, 0)


async def test_a_model_is_for_all_of_them(chat: Chat, card: int) -> None:
    await chat.taps(f"am:1:{model_mark('vendor-wide')}")
    assert await rows(chat.shop.db, "SELECT DISTINCT model, duration_s, shape FROM drafts") == [
        ("vendor-wide", 6, "16:9")
    ]
    assert "✓ Wide" in chat.telegram.buttons(card)
    assert "no longer on offer" in (await chat.taps("am:1:0000000000"))["text"]


async def test_a_double_tap_makes_them_once(chat: Chat) -> None:
    await chat.taps("ag:1:0")
    assert "already done" in (await chat.taps("ag:1:0"))["text"]
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(3,)]


async def test_all_together_or_none(chat: Chat) -> None:
    await chat.taps("al:1:10")
    refused = await chat.taps("ag:1:0")
    assert "This costs 12 credits and you have 10" in refused["text"]
    assert refused["window"]
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(0,)]
    assert await chat.shop.balance(await chat.user()) == (10, 0)


async def test_a_photo_that_has_its_clip_is_not_made_and_charged_again(chat: Chat, card: int) -> None:
    user = await chat.user()
    await chat.shop.take_of(user, await chat.shop.drafts.get(user.id, 2))
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert "Generate all · 4 credits" in chat.telegram.buttons(card)
    await chat.taps("ag:1:1")
    assert await chat.shop.balance(user) == (4, 4)
    assert await rows(chat.shop.db, "SELECT draft_id FROM jobs ORDER BY id") == [(2,), (1,), (3,)]


async def test_length_and_shape_are_for_all(chat: Chat, card: int) -> None:
    await chat.taps("al:1:10")
    await chat.taps("as|1|9:16")
    assert await rows(chat.shop.db, "SELECT DISTINCT duration_s, shape FROM drafts") == [(10, "9:16")]
    assert "✓ 10 s" in chat.telegram.buttons(card)


async def test_all_of_them_can_be_cancelled(chat: Chat, card: int) -> None:
    await chat.taps("ag:1:0")
    await chat.taps("ac:1")
    assert await chat.shop.balance(await chat.user()) == (10, 0)
    assert "Generate all" in chat.telegram.buttons(card)


async def test_a_photo_gets_a_card_of_its_own_whose_prompt_is_the_next_text(chat: Chat, card: int) -> None:
    await chat.taps("ao:2", message={"message_id": card, "date": 1, "chat": chat.place, "photo": PHOTO})
    assert len(chat.telegram.sent(SendPhoto)) == 2
    await chat.says("rain")
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts ORDER BY id") == [("",), ("rain",), ("",)]
    assert "2. rain" in chat.telegram.shown(card)


async def test_a_second_tap_finds_the_card_that_is_there(chat: Chat, card: int) -> None:
    for _ in range(2):
        await chat.taps("ao:2", message={"message_id": card, "date": 1, "chat": chat.place, "photo": PHOTO})
    assert len(chat.telegram.sent(SendPhoto)) == 2


async def test_a_photo_that_is_worked_on_can_be_looked_at(chat: Chat, card: int) -> None:
    await chat.taps("ag:1:0")
    await chat.taps("ao:1")
    assert "Making your clip" in chat.telegram.sent(SendPhoto)[-1].caption


async def test_a_photo_put_away_leaves_the_sheet_and_can_come_back(chat: Chat, card: int) -> None:
    await chat.taps("ao:2")
    await chat.taps("dx:2")
    assert "2 photos" in chat.telegram.shown(card)
    await chat.taps("db:2")
    assert "3 photos" in chat.telegram.shown(card)
    assert len(chat.telegram.sent(EditMessageMedia)) == 2


async def test_nobody_elses_taps_do_anything(chat: Chat, bobs: Chat) -> None:
    before = await rows(chat.shop.db, "SELECT * FROM drafts")
    for tap in ("ag:1:0", "al:1:10", "as|1|1:1", "ac:1"):
        assert "isn't yours" in (await bobs.taps(tap))["text"], tap
    assert await rows(chat.shop.db, "SELECT * FROM drafts") == before
    assert bobs.heard == []


async def test_with_too_few_credits_the_card_gets_a_way_to_more(chat: Chat, card: int) -> None:
    assert '"b::1"' not in chat.telegram.buttons(card)
    await take_away(chat.shop.db, await chat.user(), 9)
    await chat.taps("ag:1:0")
    assert '"b::1"' in chat.telegram.buttons(card)


async def test_generating_from_a_message_below_brings_the_card_down_there(chat: Chat, card: int) -> None:
    below = {"message_id": card + 50, "date": 1, "chat": chat.place, "text": "Thank you!"}
    await chat.taps("ag:1:0", message=below)
    assert "goes on in a newer message" in chat.telegram.shown(card)
    ((newer,),) = await rows(chat.shop.db, "SELECT card_message_id FROM albums")
    assert newer > card
    assert chat.telegram.shown(newer).count("waiting") == 3
