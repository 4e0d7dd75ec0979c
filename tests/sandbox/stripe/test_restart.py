"""The sandbox is stopped and started: Stripe is as before, and goes on where it was."""

from __future__ import annotations

from typing import Any

from tests.sandbox.stripe.shop import Shop


async def restart(shop: Shop) -> None:
    await shop.sandbox.restart()
    shop.api = shop.client("sk_test_shop")


async def test_objects_events_and_keys_are_kept(shop: Shop) -> None:
    options: Any = {"idempotency_key": "k"}
    link = await shop.link()
    paid = await shop.paid(link=link)
    product = await shop.api.v1.products.create_async({"name": "P"}, options)
    before = (await shop.session(paid["id"], "line_items", "payment_intent.latest_charge")).to_dict(for_json=True)
    events = [event.id for event in (await shop.api.v1.events.list_async({"limit": 100})).data]
    await restart(shop)
    after = (await shop.session(paid["id"], "line_items", "payment_intent.latest_charge")).to_dict(for_json=True)
    assert after == before
    assert [event.id for event in (await shop.api.v1.events.list_async({"limit": 100})).data] == events
    assert (await shop.api.v1.products.create_async({"name": "P"}, options)).id == product.id
    assert (await shop.control("pay", {"link": link.id}))["payment_status"] == "paid"


async def test_what_was_on_its_way_arrives_afterwards(shop: Shop) -> None:
    await shop.control("settings", {"retry_seconds": 0.01, "settle_seconds": 7})
    shop.hearer.answer = 500
    delayed = await shop.paid("delayed", settle="fail", settle_after=0.3)
    await shop.heard("payment_intent.created")
    await restart(shop)
    assert (await shop.control("settings"))["settle_seconds"] == 7
    shop.hearer.answer = 200
    await shop.heard("checkout.session.completed")
    [failed] = await shop.heard("checkout.session.async_payment_failed")
    assert failed["data"]["object"]["id"] == delayed["id"]


async def test_a_reset_leaves_the_endpoints_and_nothing_else(shop: Shop) -> None:
    await shop.paid()
    await shop.heard("charge.updated")
    await shop.control("settings", {"attempts": 3})
    await shop.control("reset", {})
    await restart(shop)
    assert await shop.control("sessions") == []
    assert await shop.control("events") == []
    assert (await shop.control("settings"))["attempts"] == 8
    assert (await shop.api.v1.products.list_async()).data == []
    await shop.api.v1.products.create_async({"name": "P"})
    assert (await shop.heard("product.created", 2))[-1]["data"]["object"]["name"] == "P"
