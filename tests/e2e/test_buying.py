"""Credits for money, as a buyer lives it: by Stars in the chat, by card on a page, and on with what was interrupted."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import Arrive
from tests.support.person import Message, Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import HASTY, World

ONE_CREDIT = {"SIGNUP_CREDITS": "1", "PAYMENT_RAILS": "stripe,stars", **HASTY}


async def pay_in_stars(session: aiohttp.ClientSession, person: Person, invoice: Message) -> dict[str, Any]:
    """Tap Pay under an invoice."""
    async with session.post(f"{person.chat}/pay", json={"message_id": invoice["message_id"]}) as response:
        found: dict[str, Any] = await response.json()
        return found


async def pay_by_card(session: aiohttp.ClientSession, world: World, order: Message, **how: str) -> dict[str, Any]:
    """Pay at the page the first button leads to. Returns the visit."""
    link = order["reply_markup"]["inline_keyboard"][0][0]["url"]
    async with session.post(f"{world.url}/control/stripe/pay", json={"link": link, **how}) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found


async def shelf(world: World, person: Person) -> Message:
    """What is for sale, once cards can be paid with too."""
    linked = "SELECT count(*) FROM pack_links WHERE active"
    await eventually(lambda: world.rows(linked) == [(3,)], "payment links")
    await person.say("/buy")
    return await person.sees_button("$4.99")


async def a_draft_that_costs_too_much(person: Person) -> Message:
    """Ten seconds for two credits, with one at hand."""
    await person.send_files(jpeg(), caption="slow zoom in")
    await person.tap(await person.sees_button("Generate"), "10 s")
    return await person.sees_button("Get credits")


@pytest.fixture
async def alice(world: World, arrive: Arrive) -> Person:
    return await arrive(world)


async def test_stars_are_paid_in_the_chat_and_credited_at_once(
    world: World, alice: Person, session: aiohttp.ClientSession
) -> None:
    await alice.tap(await shelf(world, alice), "⭐ 250")
    invoice = await alice.wait_for(lambda one: "invoice" in one)
    assert invoice["invoice"]["title"] == "Taster"

    assert (await pay_in_stars(session, alice, invoice))["ok"] is True

    thanks = await alice.hears("You got")
    assert "You got 10 credits." in words(thanks)
    assert "You have 40 credits now." in words(thanks)


async def test_an_invoice_is_paid_once(world: World, alice: Person, session: aiohttp.ClientSession) -> None:
    await alice.tap(await shelf(world, alice), "⭐ 250")
    invoice = await alice.wait_for(lambda one: "invoice" in one)
    await pay_in_stars(session, alice, invoice)
    await alice.hears("You got")

    again = await pay_in_stars(session, alice, invoice)

    assert again["ok"] is False
    assert "/buy" in again["error"]


@pytest.mark.parametrize("own_world", [ONE_CREDIT], indirect=True)
async def test_short_of_credits_one_pays_by_card_and_goes_on_with_a_tap(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    person = await arrive(own_world)
    card = await a_draft_that_costs_too_much(person)
    refused = await person.tap(card, "Generate")
    assert "Get credits" in refused["text"]
    assert refused["show_alert"]

    plain = await shelf(own_world, person)
    await person.tap(card, "Get credits")
    # The shelf that leads back to the draft, not the one from before.
    wished = await person.wait_for(
        lambda one: "💳 $4.99" in str(buttons(one)) and one["message_id"] > plain["message_id"]
    )
    await person.tap(wished, "💳 $4.99")
    order = await person.sees_button("I have paid")
    nothing = await person.tap(order, "I have paid")
    assert "Nothing has come yet" in nothing["text"]
    await pay_by_card(session, own_world, order)

    thanks = await person.hears("Your clip is one tap away")
    assert "You have 11 credits now." in words(thanks)
    paid = await person.wait_for(lambda one: one["message_id"] == order["message_id"])
    assert "Paid" in words(paid)
    assert buttons(paid) == []
    await person.tap(thanks, "Generate · 2 credits")
    video = await person.receives_video()
    assert "9 left" in words(video)


@pytest.mark.parametrize("own_world", [ONE_CREDIT], indirect=True)
async def test_a_slow_payment_is_told_and_then_thanked_for(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    person = await arrive(own_world)
    await person.tap(await shelf(own_world, person), "💳 $4.99")
    order = await person.sees_button("I have paid")
    visit = await pay_by_card(session, own_world, order, method="delayed")

    await person.hears("Your payment of $4.99 is on its way")
    async with session.post(f"{own_world.url}/control/stripe/sessions/{visit['id']}/succeed") as response:
        assert response.status == 200
    assert "Thank you!" in words(await person.hears("You got 10 credits."))


async def test_receipts_lead_to_the_vendors_own_and_a_refund_shows(
    world: World, alice: Person, session: aiohttp.ClientSession
) -> None:
    await alice.tap(await shelf(world, alice), "💳 $4.99")
    visit = await pay_by_card(session, world, await alice.sees_button("I have paid"))
    await alice.hears("You got")
    await alice.say("/credits")
    await alice.tap(await alice.sees_button("Receipts"), "Receipts")
    receipts = await alice.hears("Taster · 10 credits")
    link = receipts["reply_markup"]["inline_keyboard"][0][0]["url"]
    async with session.get(link) as response:
        assert response.status == 200

    async with session.post(f"{world.url}/control/stripe/refunds", json={"payment": visit["payment_intent"]}) as done:
        assert done.status == 200, await done.text()
    told = await alice.hears("was refunded")
    assert "I took back 10 credits." in words(told)
    assert "You have 30 credits now." in words(told)
    await alice.say("/paysupport")
    assert "refunded · P" in words(await alice.hears("Help with payments"))
