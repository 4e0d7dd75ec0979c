"""Buyers who ask their bank for the money back."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import InvalidRequestError

from tests.sandbox.stripe.shop import Shop

Json = dict[str, Any]


async def dispute(shop: Shop, **fields: Any) -> Json:
    paid = await shop.paid()
    return dict(await shop.control("disputes", {"payment": paid["id"]} | fields))


async def test_a_dispute_takes_the_money_and_freezes_the_charge(shop: Shop) -> None:
    made = await dispute(shop, reason="product_not_received")
    await shop.heard("charge.dispute.funds_withdrawn")
    [created] = shop.hearer.of("charge.dispute.created")
    facts = created["data"]["object"]
    assert (facts["status"], facts["reason"], facts["amount"]) == ("needs_response", "product_not_received", 499)
    charge = await shop.api.v1.charges.retrieve_async(made["charge"])
    assert charge.disputed
    with pytest.raises(InvalidRequestError) as refused:
        await shop.api.v1.refunds.create_async({"charge": charge.id})
    assert refused.value.code == "charge_disputed"
    listed = await shop.api.v1.disputes.list_async({"payment_intent": made["payment_intent"]})
    assert [one.id for one in listed.data] == [made["id"]]
    assert listed.data[0].balance_transactions[0].net == -499 - 1500


async def test_a_dispute_that_is_won_gives_the_money_back(shop: Shop) -> None:
    made = await dispute(shop)
    await shop.control(f"disputes/{made['id']}/win", {})
    await shop.heard("charge.dispute.funds_reinstated")
    [closed] = shop.hearer.of("charge.dispute.closed")
    assert closed["data"]["object"]["status"] == "won"


async def test_a_lost_dispute_can_be_reversed(shop: Shop) -> None:
    made = await dispute(shop)
    await shop.control(f"disputes/{made['id']}/lose", {})
    await shop.heard("charge.dispute.closed")
    assert not shop.hearer.of("charge.dispute.funds_reinstated")
    await shop.control(f"disputes/{made['id']}/reverse", {})
    await shop.heard("charge.dispute.funds_reinstated")
    [updated] = shop.hearer.of("charge.dispute.updated")
    assert updated["data"]["previous_attributes"] == {"status": "lost"}
    again = await shop.control(f"disputes/{made['id']}/reverse", {}, status=400)
    assert again == {"error": "only a lost dispute can be reversed"}


async def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(shop: Shop) -> None:
    made = await dispute(shop, inquiry=True)
    assert (made["status"], made["is_charge_refundable"]) == ("warning_needs_response", True)
    assert not (await shop.api.v1.charges.retrieve_async(made["charge"])).disputed
    await shop.control(f"disputes/{made['id']}/lose", {}, status=400)
    await shop.control(f"disputes/{made['id']}/escalate", {})
    await shop.heard("charge.dispute.funds_withdrawn")
    assert (await shop.api.v1.charges.retrieve_async(made["charge"])).disputed


async def test_an_inquiry_can_end_without_a_dispute(shop: Shop) -> None:
    made = await dispute(shop, inquiry=True)
    await shop.control(f"disputes/{made['id']}/close", {})
    [closed] = await shop.heard("charge.dispute.closed")
    assert closed["data"]["object"]["status"] == "warning_closed"


async def test_the_seller_answers_or_gives_up(shop: Shop) -> None:
    made = await dispute(shop, amount=100)
    disputes = shop.api.v1.disputes
    held = await disputes.update_async(made["id"], {"evidence": {"customer_name": "B"}, "submit": False})
    assert (held.status, held.evidence.customer_name) == ("needs_response", "B")
    sent = await disputes.update_async(made["id"], {"evidence": {"uncategorized_text": "Delivered."}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (await disputes.close_async(made["id"])).status == "lost"
    with pytest.raises(InvalidRequestError, match="already closed"):
        await disputes.close_async(made["id"])


async def test_what_cannot_be_disputed_is_refused(shop: Shop) -> None:
    declined = await shop.paid("declined")
    refused = await shop.control("disputes", {"payment": declined["id"]}, status=400)
    assert refused == {"error": "only a charge that succeeded can be disputed"}
    made = await dispute(shop)
    again = await shop.control("disputes", {"payment": made["charge"]}, status=400)
    assert again == {"error": "a dispute of this charge is open already"}
    await shop.control("disputes", {"payment": "ch_nobody"}, status=404)
    await shop.control("disputes", {"payment": made["charge"], "reason": "whim"}, status=400)
