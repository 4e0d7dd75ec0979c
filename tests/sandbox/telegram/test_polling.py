"""Long polling: offsets, redelivery, one poller at a time, what is asked for, and how long updates are kept."""

from __future__ import annotations

import asyncio

from sandbox.telegram.updates import DAY
from tests.sandbox.driver import BOT_ID, Person, Sandbox, buttons


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(sandbox: Sandbox, alice: Person) -> None:
    await alice.writes("one")
    await alice.writes("two")
    first = await sandbox.updates(confirm=False)
    assert await sandbox.updates(confirm=False) == first
    one, two = (update["update_id"] for update in first)
    assert two == one + 1
    assert await sandbox.updates(confirm=False, offset=two) == first[1:]
    assert await sandbox.updates(confirm=False) == first[1:]
    assert await sandbox.updates(offset=two + 1) == []


async def test_limit_and_a_negative_offset_choose_which(sandbox: Sandbox, alice: Person) -> None:
    for text in "abcd":
        await alice.writes(text)
    texts = [update["message"]["text"] for update in await sandbox.updates(confirm=False, limit=2)]
    assert texts == ["a", "b"]
    texts = [update["message"]["text"] for update in await sandbox.updates(confirm=False, offset=-2)]
    assert texts == ["c", "d"]
    assert len(await sandbox.updates(confirm=False)) == 2


async def test_a_poll_waits_for_news(sandbox: Sandbox, alice: Person) -> None:
    poll = asyncio.create_task(sandbox.updates(timeout=20))
    await _polling(sandbox)
    await alice.writes("news")
    assert [update["message"]["text"] for update in await poll] == ["news"]


async def test_the_poll_that_waits_is_refused_when_another_comes(sandbox: Sandbox, alice: Person) -> None:
    first = asyncio.create_task(sandbox.call("getUpdates", timeout=20))
    await _polling(sandbox)
    second = asyncio.create_task(sandbox.updates(timeout=20))
    answer = await first
    assert answer["error_code"] == 409
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    await alice.writes("news")
    assert len(await second) == 1


async def test_a_webhook_ends_polling(sandbox: Sandbox) -> None:
    poll = asyncio.create_task(sandbox.call("getUpdates", timeout=20))
    await _polling(sandbox)
    await sandbox.ok("setWebhook", url="http://127.0.0.1:9/")
    assert (await poll)["description"] == "Conflict: terminated by setWebhook request"
    assert (await sandbox.call("getUpdates"))["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await sandbox.ok("deleteWebhook")
    assert await sandbox.updates() == []


async def test_only_the_kinds_asked_for_come_and_the_wish_is_remembered(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.updates(allowed_updates=["edited_message"])
    sent = await alice.writes("before")
    await alice.edits(sent["message_id"], "after")
    [update] = await sandbox.updates()
    assert update["edited_message"]["text"] == "after"
    assert update["edited_message"]["edit_date"] >= sent["date"]
    await sandbox.updates(allowed_updates=[])
    await alice.writes("again")
    assert len(await sandbox.updates()) == 1


async def test_messages_are_kept_a_day_and_taps_150_seconds(sandbox: Sandbox, alice: Person) -> None:
    card = await sandbox.ok("sendMessage", chat_id=alice.id, text="a", reply_markup=buttons({"x": "x"}))
    await alice.writes("hello")
    await alice.taps(card["message_id"], "x")
    sandbox.clock.ahead += 149
    assert len(await sandbox.updates(confirm=False)) == 2
    sandbox.clock.ahead += 2
    assert [list(update)[1] for update in await sandbox.updates(confirm=False)] == ["message"]
    sandbox.clock.ahead += DAY
    assert await sandbox.updates() == []


async def test_blocking_tells_the_bot_once(sandbox: Sandbox, alice: Person) -> None:
    await alice.blocks()
    await alice.blocks()
    await alice.unblocks()
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in await sandbox.updates()]
    assert statuses == ["kicked", "member"]


async def test_a_confirmed_update_is_delivered_again_on_order(sandbox: Sandbox, alice: Person) -> None:
    await alice.writes("twice")
    [update] = await sandbox.updates()
    await sandbox.control("POST", f"updates/{update['update_id']}/redeliver", {"times": 2})
    assert await sandbox.updates(confirm=False, offset=update["update_id"] + 1) == [update, update]
    assert await sandbox.updates() == []
    await sandbox.control("POST", "updates/1/redeliver", {}, status=404)


async def test_updates_are_doubled_and_turned_round_on_order(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.fault("reorder_updates", times=1)
    await sandbox.fault("duplicate_updates", times=1)
    await alice.writes("one")
    await alice.writes("two")
    found = await sandbox.updates(confirm=False)
    assert [update["message"]["text"] for update in found] == ["two", "one"]
    again = await sandbox.updates(confirm=False, offset=found[0]["update_id"] + 1)
    assert again == found
    assert await sandbox.updates() == []


async def test_a_listener_that_went_away_loses_nothing(sandbox: Sandbox, alice: Person) -> None:
    poll = asyncio.create_task(sandbox.updates(timeout=20))
    await _polling(sandbox)
    poll.cancel()
    await alice.writes("still there")
    assert [update["message"]["text"] for update in await sandbox.updates()] == ["still there"]


async def _polling(sandbox: Sandbox) -> None:
    """Wait until a request that was just started waits for updates."""
    inbox = sandbox.world.inbox(BOT_ID)
    before = inbox.poller
    async with asyncio.timeout(5):
        while inbox.poller is before:  # noqa: ASYNC110  # who polls tells nobody; each look lets it run
            await asyncio.sleep(0)
