"""A project goes from chat to chat: shared, sent on, watched by somebody new, and taken back."""

from __future__ import annotations

import re

import aiohttp

from tests.e2e.conftest import Arrive
from tests.e2e.test_inviting import asks_inline, got, makes_a_clip_to_keep, payload_of, sends_on
from tests.support.person import Message, Person, words
from tests.support.world import World

SHARES = "SELECT s.id FROM shares s JOIN users u ON u.id = s.user_id WHERE u.telegram_id = ?"
VISITS = "SELECT v.credits FROM share_visits v JOIN users u ON u.id = v.visitor_id WHERE u.telegram_id = ?"


async def shares(person: Person) -> Message:
    """From the list of projects to the card with the links."""
    await person.say("/projects")
    await person.tap(await person.sees_button("Project 1"), "Project 1")
    await person.tap(await person.sees_button("Share"), "Share")
    return await person.hears("is shared")


def query_of(card: Message) -> str:
    """What the card's button asks the bot about from another chat."""
    keys = [key for row in card["reply_markup"]["inline_keyboard"] for key in row]
    return str(next(key["switch_inline_query_chosen_chat"]["query"] for key in keys if key["text"].startswith("📤")))


async def test_a_shared_project_is_watched_by_somebody_new_and_credited_until_it_is_taken_back(
    world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    anna, bob, carol = [await arrive(world, name) for name in ("Anna", "Bob", "Carol")]
    await makes_a_clip_to_keep(anna)
    await anna.hears("Your first clip is in")
    assert (
        world.rows("SELECT s.id FROM shares s JOIN users u ON u.id = s.user_id WHERE u.telegram_id = ?", anna.id) == []
    )
    card = await shares(anna)
    player = re.search(r"http://\S+/p/[\w-]{22}", words(card))
    assert player
    async with session.get(player[0]) as page:
        assert page.status == 200

    await sends_on(session, anna, await asks_inline(session, anna, query_of(card)), bob)
    link = (await got(bob, "by Anna"))["reply_markup"]["inline_keyboard"][0][0]["url"]
    assert link in words(card)
    await bob.say(f"/start {payload_of(link)}")

    last = await bob.sees_button("Make your own")
    video = await bob.receives_video()
    assert video["message_id"] < last["message_id"]
    assert video["video"]["duration"] == 5
    assert "You have 30 credits now." in words(await anna.hears("came through a project you shared"))
    await bob.tap(last, "Make your own")
    await bob.hears("I turn your photos into short clips")
    await bob.say(f"/start {payload_of(link)}")
    await bob.wait_for(lambda one: "Make your own" in str(one) and one["message_id"] > last["message_id"])
    assert world.rows(VISITS, bob.id) == [(1,)]

    await anna.tap(card, "Stop sharing")
    await anna.hears("no longer shared")
    await carol.say(f"/start {payload_of(link)}")

    await carol.hears("isn't shared any more")
    await carol.hears("You have 30 credits.")
    assert world.rows(VISITS, carol.id) == []
    async with session.get(player[0]) as page:
        assert page.status == 404
