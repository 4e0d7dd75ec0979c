"""Friends bring friends: from the card in one chat to the credits in the other, and codes that anybody can type."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.e2e.conftest import Arrive
from tests.support.person import Message, Person, words
from tests.support.photographs import jpeg
from tests.support.world import HASTY, World

REWARDED = {"SIGNUP_CREDITS": "0", "REFERRAL_CREDITS": "1", "SHARE_CREDITS": "2", **HASTY}


async def asks_inline(session: aiohttp.ClientSession, person: Person, text: str = "") -> dict[str, Any]:
    async with session.post(f"{person.chat}/inline", json={"query": text}) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found


async def sends_on(session: aiohttp.ClientSession, person: Person, shown: dict[str, Any], to: Person) -> None:
    choice = {"query_id": shown["query_id"], "result_id": shown["results"][0]["id"], "to": to.id}
    async with session.post(f"{person.chat}/inline/send", json=choice) as response:
        assert response.status < 300, await response.text()


async def got(person: Person, text: str) -> Message:
    """A message somebody sent them, whoever it was."""
    found = [one for one in await person.messages() if text in words(one)]
    assert found, f"{person.name} never got {text!r}"
    return found[-1]


def payload_of(link: str) -> str:
    address = urlsplit(link)
    assert address.netloc == "t.me"
    return parse_qs(address.query)["start"][0]


async def makes_a_clip_to_keep(person: Person) -> None:
    last = max((one["message_id"] for one in await person.bot_messages()), default=0)
    await person.send_files(jpeg(), caption="slow zoom in")
    card = await person.wait_for(lambda one: "photo" in one and one["message_id"] > last)
    await person.tap(card, "Generate")
    await person.tap(await person.receives_video(after=last), "Approve")


async def buys_the_taster(session: aiohttp.ClientSession, person: Person) -> str:
    """Returns the charge."""
    await person.say("/buy")
    await person.tap(await person.sees_button("⭐ 250"), "⭐ 250")
    invoice = await person.wait_for(lambda one: "invoice" in one)
    async with session.post(f"{person.chat}/pay", json={"message_id": invoice["message_id"]}) as response:
        paid = await response.json()
    assert paid["ok"] is True
    await person.hears("Thank you!")
    return str(paid["charge_id"])


@pytest.mark.parametrize("own_world", [REWARDED], indirect=True)
async def test_a_friend_comes_by_a_message_sent_from_another_chat_and_becomes_a_customer(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    alice, bob = await arrive(own_world, "Alice"), await arrive(own_world, "Bob")
    await alice.say("/start")
    await alice.say("/invite")
    card = await alice.hears("Invite your friends")
    assert card["photo"][-1]["width"] == 1280
    assert "Your friend gets 1 credit at once." in words(card)

    await sends_on(session, alice, await asks_inline(session, alice), bob)
    invitation = await got(bob, "Join me!")
    link = invitation["reply_markup"]["inline_keyboard"][0][0]["url"]
    assert link in words(card)

    await bob.say(f"/start {payload_of(link)}")
    assert "You have 1 credit." in words(await bob.hears("Your friend's invitation brought you 1 credit of that."))
    await alice.hears("Somebody has just joined by your invitation!")

    await makes_a_clip_to_keep(bob)  # with the credit that was given
    charge = await buys_the_taster(session, bob)
    assert own_world.rows("SELECT state FROM referrals") == [("joined",)]
    await makes_a_clip_to_keep(bob)

    thanks = await alice.hears("A friend you invited made a clip to keep")
    assert "You have 1 credit now." in words(thanks)
    await alice.say("/invite")
    assert "1 friend has joined. You got 1 credit for them." in words(await alice.hears("1 friend has joined"))

    async with session.post(f"{own_world.url}/control/stars/{charge}/refund") as response:
        assert response.status < 300, await response.text()
    assert "You have 0 credits now." in words(await alice.hears("The money of a friend you invited went back"))


async def test_asked_from_another_chat_by_a_stranger_the_bot_asks_them_in(
    world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    carol = await arrive(world, "Carol")

    shown = await asks_inline(session, carol, "hello")

    assert shown["results"] == []
    assert shown["button"]["start_parameter"] == "invite"
    assert world.rows("SELECT id FROM users WHERE telegram_id = ?", carol.id) == []


async def test_a_promo_code_is_typed_after_its_button(world: World, arrive: Arrive) -> None:
    dave = await arrive(world, "Dave")
    world.execute(
        "INSERT INTO promo_codes (code, credits, max_uses, uses, per_user, new_users_only, active, created_at) "
        "VALUES ('HELLO-DAVE', 7, 1, 0, 1, 0, 1, '2026-01-01 00:00:00.000000')"
    )
    await dave.say("/credits")
    await dave.tap(await dave.sees_button("Enter a code"), "Enter a code")
    await dave.hears("Send me the code")

    await dave.say("helo-dave")
    await dave.hears("I don't know that code")
    await dave.say("hello-dave")

    assert "You have 37 credits now." in words(await dave.hears("That's 7 credits for you!"))
