"""Events on their way: signed, again and again, twice, late, in any order, or never."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from tests.sandbox.stripe.hearer import Hearer
from tests.sandbox.stripe.shop import SECRET, Shop


async def make(shop: Shop, *names: str) -> None:
    for name in names:
        await shop.api.v1.products.create_async({"name": name})


def names(shop: Shop) -> list[str]:
    return [event["data"]["object"]["name"] for event in shop.hearer.events]


async def arrive(shop: Shop, count: int) -> list[str]:
    await shop.heard("product.created", count)
    return names(shop)


async def test_a_signature_is_good_for_one_body_and_one_secret(shop: Shop) -> None:
    await make(shop, "P")
    await arrive(shop, 1)
    [(body, signature)] = shop.hearer.bodies
    event = shop.api.construct_event(body, signature, SECRET)
    assert (event.type, event.data.object["name"]) == ("product.created", "P")
    for wrong_body, secret in ((body.replace(b'"P"', b'"Q"'), SECRET), (body, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            shop.api.construct_event(wrong_body, signature, secret)
    with pytest.raises(stripe.SignatureVerificationError):
        shop.api.construct_event(json.dumps(json.loads(body)), signature, SECRET)


async def test_an_event_comes_again_until_it_is_confirmed(shop: Shop) -> None:
    await shop.control("settings", {"retry_seconds": 0.02})
    shop.hearer.answers = [500, 404]
    await make(shop, "P")
    events = await shop.heard("product.created", 3)
    assert len({event["id"] for event in events}) == 1
    [delivery] = await shop.arrived(1)
    assert (delivery["attempts"], delivery["code"], delivery["type"]) == (3, 200, "product.created")


async def test_a_redirect_is_no_confirmation(shop: Shop) -> None:
    await shop.control("settings", {"attempts": 1})
    shop.hearer.answers = [302]
    await make(shop, "P")
    await arrive(shop, 1)
    await shop.arrived(1, "failed")


async def test_what_fails_lets_the_next_one_pass(shop: Shop) -> None:
    shop.hearer.answers = [500]
    await make(shop, "first", "second")
    assert await arrive(shop, 2) == ["first", "second"]
    shop.sandbox.clock.ahead += 2
    assert await arrive(shop, 3) == ["first", "second", "first"]


async def test_duplicates_come_with_the_same_id(shop: Shop) -> None:
    await shop.control("faults", {"kind": "duplicate", "event": "product.", "copies": 3, "times": 1})
    await make(shop, "P")
    assert len({event["id"] for event in await shop.heard("product.created", 4)}) == 1


async def test_what_is_lost_is_found_by_asking(shop: Shop) -> None:
    await shop.control("faults", {"kind": "lose", "event": "product.created", "times": 1})
    await make(shop, "lost", "heard")
    assert await arrive(shop, 1) == ["heard"]
    await shop.arrived(1)
    found = (await shop.api.v1.events.list_async({"delivery_success": False})).data
    assert found[0].data.object["name"] == "lost"
    [delivery] = await shop.control("deliveries?status=lost")
    assert (await shop.control(f"events/{delivery['event']}/resend", {})) == {"sent": 1}
    assert await arrive(shop, 2) == ["heard", "lost"]


@pytest.mark.parametrize("order", ["made", "reversed", "given", "shuffled"])
async def test_what_is_held_back_comes_in_the_order_that_is_asked_for(shop: Shop, order: str) -> None:
    fault = await shop.control("faults", {"kind": "hold"})
    await make(shop, "a", "b", "c")
    await shop.control(f"faults/{fault['id']}", verb="DELETE")
    await make(shop, "now")
    assert await arrive(shop, 1) == ["now"]
    ids = {event["data"]["object"]["name"]: event["id"] for event in await shop.control("events")}
    given: dict[str, Any] = {"events": [ids[name] for name in "bca"]} if order == "given" else {"order": order}
    released = await shop.control("deliveries/release", given)
    expected = {"made": "abc", "reversed": "cba", "given": "bca"}
    by_id = {event_id: name for name, event_id in ids.items()}
    wanted = list(expected[order]) if order in expected else [by_id[event] for event in released["events"]]
    assert await arrive(shop, 4) == ["now", *wanted]


async def test_an_event_is_sent_fifty_times_at_once(shop: Shop) -> None:
    await make(shop, "P")
    [event] = await shop.heard("product.created")
    assert await shop.control(f"events/{event['id']}/resend", {"times": 50}) == {"sent": 50}
    assert len({one["id"] for one in await shop.heard("product.created", 51)}) == 1
    await shop.control("events/evt_nobody/resend", {}, status=404)


async def test_an_endpoint_hears_what_it_asked_for_signed_with_its_own_secret(shop: Shop) -> None:
    async with Hearer("") as other:
        made = await shop.api.v1.webhook_endpoints.create_async(
            {"url": other.url, "enabled_events": ["customer.created"], "api_version": "2026-10-28.endive"}
        )
        assert made.secret is not None
        other.secret = made.secret
        assert (made.api_version, made.secret.startswith("whsec_")) == ("2026-10-28.endive", True)
        await make(shop, "P")
        await shop.api.v1.customers.create_async({"name": "C"})
        await other.wait("customer.created")
        assert other.kinds() == ["customer.created"]
        shown = await shop.api.v1.webhook_endpoints.retrieve_async(made.id)
        assert "secret" not in shown
        await shop.api.v1.webhook_endpoints.update_async(made.id, {"disabled": True})
        await shop.api.v1.customers.create_async({"name": "D"})
        await shop.heard("customer.created", 2)
        assert len(other.events) == 1
        assert (await shop.api.v1.webhook_endpoints.delete_async(made.id)).deleted
        assert len((await shop.api.v1.webhook_endpoints.list_async()).data) == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"url": "https://shop.example/hook"}, "only to this machine"),
        ({"url": "nonsense"}, "Invalid URL"),
        ({"enabled_events": ["nothing.happened"]}, "must be one of"),
        ({"connect": True}, "refused by the sandbox only"),
    ],
)
async def test_wrong_endpoints_are_refused(shop: Shop, params: dict[str, Any], message: str) -> None:
    asked: Any = {"url": shop.hearer.url, "enabled_events": ["*"]} | params
    with pytest.raises(stripe.InvalidRequestError, match=message):
        await shop.api.v1.webhook_endpoints.create_async(asked)


async def test_registering_an_address_again_only_changes_its_secret(shop: Shop) -> None:
    shop.hearer.secret = "whsec_new"
    await shop.control("endpoints", {"url": shop.hearer.url, "secret": "whsec_new"})
    await make(shop, "P")
    assert await arrive(shop, 1) == ["P"]
    assert len(await shop.control("endpoints")) == 1
    await shop.control("endpoints", {"url": "http://example.com/", "secret": "x"}, status=400)
    await shop.control("endpoints", {"url": shop.hearer.url, "secret": ""}, status=400)
