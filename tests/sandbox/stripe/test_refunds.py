"""Money that goes back: all of it, part of it, and when it comes back."""

from __future__ import annotations

import pytest
from stripe import InvalidRequestError

from tests.sandbox.stripe.shop import Shop


async def test_a_whole_refund_by_payment_intent(shop: Shop) -> None:
    paid = await shop.paid()
    refund = await shop.api.v1.refunds.create_async(
        {"payment_intent": paid["payment_intent"], "reason": "requested_by_customer", "metadata": {"order": "5"}}
    )
    assert (refund.status, refund.amount, refund.metadata.to_dict()) == ("succeeded", 499, {"order": "5"})  # type: ignore[union-attr]
    [refunded] = await shop.heard("charge.refunded")
    charge = refunded["data"]["object"]
    assert (charge["id"], charge["amount_refunded"], charge["refunded"]) == (refund.charge, 499, True)
    [created] = await shop.heard("refund.created")
    assert created["request"]["id"] == shop.http.answers[-1]["request-id"]


async def test_partial_refunds_add_up(shop: Shop) -> None:
    paid = await shop.paid()
    charge_id = (await shop.session(paid["id"], "payment_intent")).payment_intent.latest_charge
    for amount in (100, 200):
        await shop.api.v1.refunds.create_async({"charge": charge_id, "amount": amount})
    first, second = (event["data"]["object"] for event in await shop.heard("charge.refunded", 2))
    assert (first["amount_refunded"], second["amount_refunded"], second["refunded"]) == (100, 300, False)
    with pytest.raises(InvalidRequestError, match=r"\(\$2.00\) is greater than unrefunded amount on charge \(\$1.99\)"):
        await shop.api.v1.refunds.create_async({"charge": charge_id, "amount": 200})
    await shop.api.v1.refunds.create_async({"charge": charge_id})
    with pytest.raises(InvalidRequestError) as refused:
        await shop.api.v1.refunds.create_async({"charge": charge_id})
    assert refused.value.code == "charge_already_refunded"
    charge = await shop.api.v1.charges.retrieve_async(charge_id, {"expand": ["refunds"]})
    assert charge.refunds is not None
    assert [refund.amount for refund in charge.refunds.data] == [199, 200, 100]
    listed = await shop.api.v1.refunds.list_async({"payment_intent": paid["payment_intent"], "limit": 2})
    assert ([refund.amount for refund in listed.data], listed.has_more) == ([199, 200], True)


async def test_a_pending_refund_succeeds_later(shop: Shop) -> None:
    paid = await shop.paid()
    refund = await shop.control("refunds", {"payment": paid["id"], "amount": 300, "pending": True})
    assert refund["status"] == "pending"
    await shop.control(f"refunds/{refund['id']}/succeed", {})
    [updated] = await shop.heard("refund.updated")
    assert updated["data"]["object"]["status"] == "succeeded"
    assert updated["data"]["previous_attributes"] == {"status": "pending"}


@pytest.mark.parametrize("pending", [True, False])
async def test_a_refund_can_fail_even_after_it_had_succeeded(shop: Shop, pending: bool) -> None:
    paid = await shop.paid()
    refund = await shop.control("refunds", {"payment": paid["payment_intent"], "pending": pending})
    await shop.control(f"refunds/{refund['id']}/fail", {})
    [failed] = await shop.heard("refund.failed")
    assert failed["data"]["object"]["failure_reason"] == "declined"
    charge = await shop.api.v1.charges.retrieve_async(refund["charge"])
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    again = await shop.control(f"refunds/{refund['id']}/fail", {}, status=400)
    assert again == {"error": "the refund has failed already"}


async def test_a_bank_debit_is_refunded_slowly(shop: Shop) -> None:
    paid = await shop.paid("delayed")
    await shop.control(f"sessions/{paid['id']}/succeed", {})
    refund = await shop.api.v1.refunds.create_async({"payment_intent": paid["payment_intent"]})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")


@pytest.mark.parametrize("method", ["declined", "delayed"])
async def test_what_was_not_paid_cannot_be_refunded(shop: Shop, method: str) -> None:
    paid = await shop.paid(method)
    intent = (await shop.session(paid["id"])).payment_intent
    with pytest.raises(InvalidRequestError, match="does not have a successful charge to refund"):
        await shop.api.v1.refunds.create_async({"payment_intent": intent})
    charge = (await shop.api.v1.payment_intents.retrieve_async(intent)).latest_charge
    with pytest.raises(InvalidRequestError, match="has not succeeded and cannot be refunded"):
        await shop.api.v1.refunds.create_async({"charge": str(charge)})


async def test_a_refund_needs_to_know_of_what(shop: Shop) -> None:
    with pytest.raises(InvalidRequestError, match="payment_intent or charge"):
        await shop.api.v1.refunds.create_async({"amount": 5})
    first, second = [(await shop.paid())["payment_intent"] for _ in range(2)]
    charge = (await shop.api.v1.payment_intents.retrieve_async(first)).latest_charge
    with pytest.raises(InvalidRequestError, match="does not belong"):
        await shop.api.v1.refunds.create_async({"payment_intent": second, "charge": str(charge)})
    with pytest.raises(InvalidRequestError) as refused:
        await shop.api.v1.refunds.create_async({"payment_intent": first, "amount": 0})
    assert refused.value.param == "amount"
