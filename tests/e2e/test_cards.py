"""Payments by card when things go wrong: no webhook, killed processes, Stripe's outages; and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import Arrive
from tests.support.bank import Bank
from tests.support.person import Person, eventually
from tests.support.world import World, free_port, running

LINKS = "SELECT count(*) FROM pack_links WHERE active"
BALANCE = (
    "SELECT a.balance FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.telegram_id = ? AND a.kind = 'available'"
)
WAITING = "SELECT count(*) FROM inbox WHERE source = 'stripe' AND handled_at IS NULL"
IN_HAND = f"{WAITING} AND attempts > 0"
"""That an event was put off, and its attempt not counted, is written after the log says so."""
LOOKS = "SELECT count(*) FROM reconciliations WHERE rail = 'stripe'"
ABANDON = "UPDATE inbox SET lease_until = datetime('now', '-1 hour') WHERE handled_at IS NULL"


async def ordered(world: World, person: Person) -> str:
    """An order of the smallest pack; returns the address to pay at."""
    await eventually(lambda: world.rows(LINKS) == [(3,)], "payment links")
    await person.say("/buy")
    await person.tap(await person.sees_button("💳"), "💳")
    order = await person.sees_button("I have paid")
    return str(order["reply_markup"]["inline_keyboard"][0][0]["url"])


def has(world: World, person: Person, credits_: int) -> Any:
    return world.rows(BALANCE, person.id) == [(credits_,)]


def tells_no_secret(world: World) -> bool:
    return not any("canarystripe" in world.log(part) for part in ("web", "worker"))


@pytest.mark.parametrize("own_world", [{"STRIPE_WEBHOOK_SECRET": ""}], indirect=True)
async def test_without_any_webhook_payments_are_found_by_looking(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    alice = await arrive(own_world)
    address = await ordered(own_world, alice)
    await eventually(lambda: own_world.rows(LOOKS) != [(0,)], "the end of the first look")
    await Bank(session, own_world.url).pay(address)

    own_world.execute("DELETE FROM reconciliations")  # a minute has passed

    await alice.hears("You got")
    assert has(own_world, alice, 40)


async def test_a_payment_survives_the_death_of_the_web_process_while_it_is_handled(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    alice, bank = await arrive(own_world), Bank(session, own_world.url)
    address = await ordered(own_world, alice)
    await bank.fault("latency", call="GET /v1/checkout/sessions", seconds=30.0)
    await bank.pay(address)
    await eventually(lambda: own_world.rows(WAITING) == [(1,)], "an event that is being handled")

    own_world.kill("web")
    own_world.execute(ABANDON)
    await bank.mend()
    own_world.start_web()

    await alice.hears("You got")
    assert has(own_world, alice, 40)


async def test_what_is_paid_during_a_deploy_and_an_outage_of_stripe_is_credited_once(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    alice, bank = await arrive(own_world), Bank(session, own_world.url)
    address = await ordered(own_world, alice)
    assert own_world.end("web") == 0
    await bank.fault("error", call="GET /v1/checkout/sessions")
    await bank.fault("duplicate", copies=3)
    paid = await bank.pay(address)
    await bank.refund(paid, 250)
    own_world.start_web()
    await eventually(lambda: "event waits" in own_world.log("web"), "an event that waits for Stripe")

    await bank.mend()
    await eventually(lambda: own_world.rows(IN_HAND) == [(0,)], "nobody who would put it off after that")
    own_world.execute(ABANDON)

    await alice.hears("You got")
    await eventually(lambda: has(own_world, alice, 35), "half of it taken back")
    assert own_world.rows("SELECT count(*) FROM payments") == [(1,)]
    assert tells_no_secret(own_world)


async def test_who_comes_back_from_the_page_is_credited_before_they_are_in_the_chat(
    tmp_path: Path, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    port = str(free_port())
    with running(tmp_path, WEB_PORT=port, PUBLIC_URL=f"http://127.0.0.1:{port}") as world:
        alice, bank = await arrive(world), Bank(session, world.url)
        address = await ordered(world, alice)
        await bank.fault("lose")
        paid = await bank.pay(address)
        ((back, token),) = world.rows(
            "SELECT l.return_url, o.token FROM orders o JOIN pack_links l ON l.id = o.link_id"
        )

        async with session.get(back.replace("{CHECKOUT_SESSION_ID}", paid["id"]), allow_redirects=False) as response:
            assert response.status == 302
            assert response.headers["Location"] == f"{world.url}/t.me/EchoesTestBot?start=paid_{token}"

        assert has(world, alice, 40)
        assert f"Stripe sends to {world.public}/stripe/webhook" in world.run("doctor")


async def test_a_forged_webhook_credits_nothing(world: World, arrive: Arrive, session: aiohttp.ClientSession) -> None:
    await arrive(world)
    forged = {"id": "evt_forged", "object": "event", "type": "checkout.session.completed", "livemode": False}
    for headers in ({}, {"Stripe-Signature": "t=1,v1=0"}):
        async with session.post(f"{world.public}/stripe/webhook", json=forged, headers=headers) as response:
            assert response.status == 400
    assert world.rows("SELECT count(*) FROM inbox WHERE external_id = 'evt_forged'") == [(0,)]
