"""Improve, and the look before spending, as the person who taps sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiogram.methods import EditMessageCaption

from providers.writing import Verdict
from storage.database import Database
from tests.handlers.chat import PHOTO, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg
from tests.support.vendor import Vendor
from tests.support.writer import Scribe, away

pytestmark = ON_SQLITE


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


@pytest.fixture
def shop(db: Database, tmp_path: Path, scribe: Scribe) -> Shop:
    return Shop(db, tmp_path / "objects", Vendor(), writer=scribe)


@pytest.fixture(autouse=True)
async def card(chat: Chat) -> int:
    """The card of a draft with a prompt is in the chat; its message id."""
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO, caption="snow")
    ((found,),) = await rows(chat.shop.db, "SELECT card_message_id FROM drafts")
    return int(found)


async def answered(chat: Chat) -> None:
    """A worker gets the answers, and brings what there is to say."""
    await chat.shop.answers()
    await chat.stage.notifier.deliver(await chat.stage.next_message())


async def prompt(chat: Chat) -> str:
    ((found,),) = await rows(chat.shop.db, "SELECT prompt FROM drafts")
    return str(found)


async def test_it_thinks_then_offers_and_takes_what_is_tapped(chat: Chat, card: int) -> None:
    assert await chat.taps("ip:1:0") == {"text": "", "window": False}
    assert "Thinking of better words" in chat.telegram.shown(card)
    await answered(chat)
    assert "snow, in soft light" in chat.telegram.shown(card)

    await chat.taps("iu:1:0")

    assert await prompt(chat) == "snow, in soft light"
    assert "Generate" in chat.telegram.buttons(card)


async def test_an_offer_on_its_way_for_long_does_not_undo_what_was_tapped(chat: Chat, card: int) -> None:
    """The web process has shown the offer, too, and its button was tapped, before the worker's edit arrives."""
    await chat.taps("ip:1:0")
    await chat.shop.answers()
    worker = chat.stage.restarted()

    async def it_is_used() -> None:
        await chat.taps("iu:1:0")

    chat.telegram.meanwhile(EditMessageCaption, it_is_used)
    await worker.deliver(await chat.stage.next_message())

    assert await prompt(chat) == "snow, in soft light"
    assert "How about this?" not in chat.telegram.shown(card)
    assert "Generate" in chat.telegram.buttons(card)


async def test_own_words_stay_where_that_is_tapped(chat: Chat, card: int) -> None:
    await chat.taps("ip:1:0")
    await answered(chat)
    await chat.taps("ik:1")
    assert await prompt(chat) == "snow"
    assert "Generate" in chat.telegram.buttons(card)
    assert "already done" in (await chat.taps("iu:1:1"))["text"]


async def test_words_written_meanwhile_are_not_lost_by_an_old_button(chat: Chat, card: int) -> None:
    await chat.taps("ip:1:0")
    await chat.says("rain")
    await answered(chat)
    assert "Made of what you wrote before" in chat.telegram.shown(card)
    assert "changed your words" in (await chat.taps("iu:1:0"))["text"]
    assert await prompt(chat) == "rain"
    await chat.taps("iu:1:1")
    assert await prompt(chat) == "snow, in soft light"


async def test_a_writer_that_is_away_is_one_sentence(chat: Chat, scribe: Scribe, card: int) -> None:
    scribe.on_improve = [away()]
    await chat.taps("ip:1:0")
    await answered(chat)
    assert "No better words came" in chat.telegram.shown(card)
    assert "Generate" in chat.telegram.buttons(card)


async def test_the_eleventh_in_an_hour_is_too_many(chat: Chat) -> None:
    for number in range(10):
        await chat.taps(f"ip:1:{number}")
        await answered(chat)
    assert "a lot within one hour" in (await chat.taps("ip:1:10"))["text"]


async def test_generate_shows_the_look_and_goes_on_by_itself(chat: Chat, card: int) -> None:
    answer = await chat.taps("dg:1:0")
    assert "quick look" in answer["text"]
    assert "Checking…" in chat.telegram.shown(card)
    await answered(chat)
    assert "next in the queue" in chat.telegram.shown(card)
    assert await chat.shop.balance(await chat.user()) == (8, 2)


@pytest.mark.parametrize(
    ("verdict", "said"), [(Verdict.UNSAFE, "Other words may do"), (Verdict.UNDECIDED, "couldn't check it just now")]
)
async def test_what_is_not_safe_is_not_made(chat: Chat, scribe: Scribe, card: int, verdict: Verdict, said: str) -> None:
    scribe.on_moderate = [verdict]
    await chat.taps("dg:1:0")
    await answered(chat)
    assert said in chat.telegram.shown(card)
    assert await rows(chat.shop.db, "SELECT id FROM jobs") == []
    again = await chat.taps("dg:1:0")
    assert again["window"] == (verdict == Verdict.UNSAFE)


@pytest.mark.parametrize("by", ["dc:1", "/cancel"])
async def test_a_look_can_be_called_off(chat: Chat, card: int, by: str) -> None:
    await chat.taps("dg:1:0")
    if by == "/cancel":
        await chat.says(by)
        await chat.taps("cx")
    else:
        await chat.taps(by)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert await chat.shop.answers() == 0
    assert "Generate" in chat.telegram.buttons(card)
    assert await rows(chat.shop.db, "SELECT id FROM jobs") == []


async def test_again_brings_a_card_that_says_so(chat: Chat, card: int) -> None:
    user = await chat.user()
    await chat.taps("dg:1:0")
    await answered(chat)
    claim = await chat.shop.claim()
    await chat.shop.outcomes.succeed(claim, await chat.shop.stored(claim))
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    await chat.shop.drafts.write_prompt(user.id, 1, "rain")

    await chat.taps("tg:1:1:1")

    ((newer,),) = await rows(chat.shop.db, "SELECT card_message_id FROM drafts")
    assert "Checking…" in chat.telegram.shown(newer)
    await answered(chat)
    assert "next in the queue" in chat.telegram.shown(newer)


async def test_an_album_shows_it_for_each_photo_and_goes_on_by_itself(chat: Chat) -> None:
    for _ in range(3):
        await chat.sends(photo=PHOTO, media_group_id="g")
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    ((album,),) = await rows(chat.shop.db, "SELECT card_message_id FROM albums")
    await chat.taps("ag:1:0")
    assert chat.telegram.shown(album).count("being checked") == 3
    await answered(chat)
    assert chat.telegram.shown(album).count("waiting") == 3


async def test_an_answer_that_is_faster_than_the_card_is_not_drawn_over(chat: Chat, card: int) -> None:
    """The worker has drawn the answer while the tap's own drawing was on its way."""
    chat.telegram.meanwhile(EditMessageCaption, lambda: _by_another_process(chat))
    await chat.taps("ip:1:0")
    assert "snow, in soft light" in chat.telegram.shown(card)


async def _by_another_process(chat: Chat) -> None:
    await chat.shop.answers()
    await chat.stage.restarted().deliver(await chat.stage.next_message())


@pytest.mark.parametrize("tap", ["ip:1:0", "ip:1:1", "iu:1:0", "iu:1:1", "ik:1"])
async def test_nobody_elses_taps_do_anything(chat: Chat, bobs: Chat, tap: str) -> None:
    await chat.taps("ip:1:0")
    await answered(chat)
    assert "isn't yours" in (await bobs.taps(tap))["text"]
    assert await prompt(chat) == "snow"
    assert bobs.heard == []
