"""A price is changed in the chat while people pay: they pay what they saw, or cannot any more; and never the wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.test_buying import pay_by_card, pay_in_stars
from tests.support.person import PATIENCE, Message, Person, eventually, words
from tests.support.world import World

COMET = "SELECT l.cents FROM pack_links l JOIN packs p ON p.id = l.pack_id WHERE p.name = 'Comet' AND l.active"


async def in_step(world: World, *cents: int) -> None:
    """The worker has made the pack's link, or closed it."""
    await eventually(lambda: world.rows(COMET) == [(amount,) for amount in cents], "its link")


async def sure(person: Person, question: str, label: str = "Yes") -> None:
    await person.tap(await person.hears(question), label)


async def closes(session: aiohttp.ClientSession, link: str) -> None:
    """Stripe is told once the new one is remembered: until then, the old price is paid and honoured."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(link) as page:
                if "This link is not active" in await page.text():
                    return
            await asyncio.sleep(0.1)


@pytest.fixture
async def adam(world: World, arrive: Arrive) -> AsyncIterator[Person]:
    """An admin, who leaves the shelf as it was."""
    person = await arrive(world, "Adam")
    await person.say("/start")
    await person.wait_for(lambda _message: True)
    world.execute(
        "INSERT INTO staff (user_id, role, granted_at) SELECT id, 'admin', created_at FROM users WHERE telegram_id = ?",
        person.id,
    )
    yield person
    world.execute("UPDATE packs SET active = FALSE WHERE name = 'Comet'")
    await in_step(world)


async def ordered(person: Person) -> tuple[Message, Message]:
    """An invoice in Stars and an order by card, at the price of the moment."""
    await person.say("/buy")
    shelf = await person.sees_button("💳 $7.99")
    await person.tap(shelf, "⭐ 400")
    invoice = await person.wait_for(lambda one: "invoice" in one)
    await person.tap(shelf, "💳 $7.99")
    return invoice, await person.sees_button("I have paid")


async def test_a_price_changes_while_checkouts_are_open(
    world: World, arrive: Arrive, adam: Person, session: aiohttp.ClientSession
) -> None:
    await adam.say("/packs Comet, 40, 7.99, 400")
    await sure(adam, "Sell this pack?")
    await in_step(world, 799)
    alice, bob = await arrive(world, "Alice"), await arrive(world, "Bob")
    invoice, _ = await ordered(alice)
    _, order = await ordered(bob)
    slow = await pay_by_card(session, world, order, method="delayed")

    await adam.tap(await adam.hears("Added"), "All at once")
    await adam.say("Comet, 50, 8.99, 450")
    question = await adam.hears("Change Comet?")
    assert "$7.99 → $8.99" in words(question)
    await adam.tap(question, "Yes")
    await in_step(world, 899)

    assert (await pay_in_stars(session, alice, invoice))["ok"] is True
    await alice.hears("You got 40 credits.")
    async with session.post(f"{world.url}/control/stripe/sessions/{slow['id']}/succeed") as response:
        assert response.status == 200
    await bob.hears("You got 40 credits.")
    link = order["reply_markup"]["inline_keyboard"][0][0]["url"]
    await closes(session, link)
    await bob.say("/buy")
    await bob.sees_button("💳 $8.99")
    paid = "SELECT amount, currency, credits, state FROM payments ORDER BY id DESC LIMIT 2"
    assert sorted(world.rows(paid)) == [(400, "XTR", 40, "credited"), (799, "usd", 40, "credited")]
