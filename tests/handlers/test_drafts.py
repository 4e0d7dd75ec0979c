from __future__ import annotations

import pytest

from conversation.callbacks import model_mark
from providers.base import FailureReason
from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.money import take_away
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
async def card(chat: Chat) -> int:
    """A draft's card is in the chat; its message id."""
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    ((found,),) = await rows(chat.shop.db, "SELECT card_message_id FROM drafts")
    return int(found)


async def jobs(chat: Chat) -> int:
    ((found,),) = await rows(chat.shop.db, "SELECT count(*) FROM jobs")
    return int(found)


@pytest.mark.parametrize(
    ("tap", "column", "value"),
    [
        ("dl:1:10", "duration_s", 10),
        ("ds|1|9:16", "shape", "9:16"),
        (f"dm:1:{model_mark('vendor-wide')}", "model", "vendor-wide"),
        ("di:1:1", "prompt", "gentle snow, slow zoom out"),
    ],
)
async def test_each_choice_changes_the_draft_and_its_card(
    chat: Chat, card: int, tap: str, column: str, value: object
) -> None:
    before = chat.telegram.shown(card), chat.telegram.buttons(card)
    assert await chat.taps(tap) == {"text": "", "window": False}
    assert await rows(chat.shop.db, f"SELECT {column} FROM drafts") == [(value,)]  # noqa: S608 - names, ours
    assert (chat.telegram.shown(card), chat.telegram.buttons(card)) != before


@pytest.mark.parametrize("tap", ["dl:1:7", "dm:1:0000000000", "di:1:99"])
async def test_what_is_not_on_offer_is_said_and_changes_nothing(chat: Chat, tap: str) -> None:
    before = await rows(chat.shop.db, "SELECT duration_s, model, prompt FROM drafts")
    assert "no longer on offer" in (await chat.taps(tap))["text"]
    assert await rows(chat.shop.db, "SELECT duration_s, model, prompt FROM drafts") == before


async def test_generate_holds_the_price_and_shows_the_queue(chat: Chat, card: int) -> None:
    await chat.taps("dg:1:0")
    assert "next in the queue" in chat.telegram.shown(card)
    assert await chat.shop.balance(await chat.user()) == (8, 2)


async def test_a_button_with_another_price_holds_nothing_and_says_what_it_costs(chat: Chat, card: int) -> None:
    assert "It costs 2 credits by now" in (await chat.taps("dj:1:0:1"))["text"]
    assert await rows(chat.shop.db, "SELECT count(*) FROM jobs") == [(0,)]
    await chat.taps("dj:1:0:2")
    assert await chat.shop.balance(await chat.user()) == (8, 2)


async def test_a_price_that_was_changed_since_is_paid_only_once_it_was_seen(chat: Chat, card: int) -> None:
    await chat.shop.live.set(await chat.shop.boss(), "prices", {"vendor-one": {"5": 3}})
    for tap in ("dj:1:0:2", "dg:1:0"):
        assert "It costs 3 credits by now" in (await chat.taps(tap))["text"]
        assert await chat.shop.balance(await chat.user()) == (10, 0)
    assert "dj:1:0:3" in chat.telegram.buttons(card)

    await chat.taps("dj:1:0:3")
    assert await chat.shop.balance(await chat.user()) == (7, 3)


async def test_a_double_tap_makes_one_job_and_no_second_card(chat: Chat) -> None:
    for _ in range(3):
        await chat.taps("dg:1:0")
    assert await jobs(chat) == 1
    assert await rows(chat.shop.db, "SELECT count(*) FROM drafts WHERE card_message_id IS NOT NULL") == [(1,)]


async def test_a_button_of_an_earlier_round_only_shows_how_things_stand(chat: Chat, card: int) -> None:
    await chat.taps("dg:1:0")
    await chat.taps("dc:1")
    assert "already done" in (await chat.taps("dg:1:0"))["text"]
    assert await jobs(chat) == 1
    assert "dj:1:1:2" in chat.telegram.buttons(card)


async def test_too_few_credits_are_said_in_a_window_and_nothing_is_queued(chat: Chat) -> None:
    for number in (2, 3):
        await chat.sends(photo=PHOTO)
        await chat.taps(f"dl:{number}:10")
        await chat.taps(f"dg:{number}:0")
    await chat.taps("dl:1:10")
    refused = await chat.taps("dg:1:0")
    assert refused["window"]
    assert "This costs 4 credits and you have 2" in refused["text"]
    assert await jobs(chat) == 2
    assert await rows(chat.shop.db, "SELECT state, round FROM drafts WHERE id = 1") == [("open", 0)]


async def test_cancelling_what_waits_gives_the_credits_back(chat: Chat, card: int) -> None:
    await chat.taps("dg:1:0")
    await chat.taps("dc:1")
    assert "Cancelled" in chat.telegram.shown(card)
    assert await chat.shop.balance(await chat.user()) == (10, 0)


async def test_cancelling_what_runs_says_so_until_it_stops(chat: Chat, card: int) -> None:
    await chat.taps("dg:1:0")
    await chat.shop.claim()
    await chat.taps("dc:1")
    assert "Cancelling…" in chat.telegram.shown(card)
    assert chat.telegram.buttons(card) == ""


async def test_cancelling_what_is_over_is_answered(chat: Chat) -> None:
    assert "already done" in (await chat.taps("dc:1"))["text"]


async def test_nothing_changes_while_the_clip_is_made(chat: Chat) -> None:
    await chat.taps("dg:1:0")
    answer = await chat.taps("dl:1:10")
    assert "being made" in answer["text"]
    assert answer["window"]


async def test_a_failed_draft_can_be_tried_again(chat: Chat, card: int) -> None:
    await chat.taps("dg:1:0")
    claim = await chat.shop.claim()
    await chat.shop.outcomes.fail(claim.job, claim.fence, FailureReason.BUSY)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    await chat.taps("dg:1:1")
    assert await jobs(chat) == 2
    assert "next in the queue" in chat.telegram.shown(card)


async def test_a_draft_can_be_put_away_and_brought_back(chat: Chat, card: int) -> None:
    await chat.taps("dx:1")
    assert "put away" in chat.telegram.shown(card)
    await chat.says("rain")
    assert "photo first" in chat.last
    await chat.taps("db:1")
    await chat.says("rain")
    assert "rain" in chat.telegram.shown(card)


TAPS = (
    "dg:{}:0",
    "dj:{}:0:2",
    "dl:{}:10",
    "ds|{}|1:1",
    f"dm:{{}}:{model_mark('vendor-wide')}",
    "di:{}:0",
    "dx:{}",
    "db:{}",
    "dc:{}",
    "ao:{}",
)


@pytest.mark.parametrize("working", [False, True])
async def test_nobody_elses_taps_do_anything_or_learn_anything(chat: Chat, bobs: Chat, working: bool) -> None:
    if working:
        await chat.taps("dg:1:0")
    before = await rows(chat.shop.db, "SELECT * FROM drafts")
    for tap in TAPS:
        strangers, nowhere = await bobs.taps(tap.format(1)), await bobs.taps(tap.format(999))
        assert strangers == nowhere == {"text": "This isn't yours, or it is no longer here.", "window": False}, tap
    assert await rows(chat.shop.db, "SELECT * FROM drafts") == before
    assert bobs.heard == []


async def test_with_too_few_credits_the_card_gets_a_way_to_more(chat: Chat, card: int) -> None:
    assert '"b:1:"' not in chat.telegram.buttons(card)
    await take_away(chat.shop.db, await chat.user(), 9)

    answer = await chat.taps("dg:1:0")

    assert answer == {"text": "This costs 2 credits and you have 1. Tap ➕ Get credits to go on.", "window": True}
    assert '"b:1:"' in chat.telegram.buttons(card)
    assert await jobs(chat) == 0


async def test_generating_from_a_message_below_brings_the_card_down_there(chat: Chat, card: int) -> None:
    below = {"message_id": card + 50, "date": 1, "chat": chat.place, "text": "Thank you!"}
    await chat.taps("dg:1:0", message=below)
    assert "goes on in a newer message" in chat.telegram.shown(card)
    ((newer,),) = await rows(chat.shop.db, "SELECT card_message_id FROM drafts")
    assert newer > card
    assert "next in the queue" in chat.telegram.shown(newer)
