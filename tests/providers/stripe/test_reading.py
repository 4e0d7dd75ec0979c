"""Stripe's events in our words, and those that cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from providers.payments import CardReversal, Checkout, PaymentError
from providers.stripe import reading

SESSION: dict[str, Any] = {
    "id": "cs_1",
    "mode": "payment",
    "payment_link": "plink_1",
    "client_reference_id": "token",
    "payment_intent": "pi_1",
    "payment_status": "paid",
    "status": "complete",
    "amount_subtotal": 499,
    "amount_total": 499,
    "currency": "usd",
    "metadata": {"bot": "42"},
}
REFUND: dict[str, Any] = {
    "id": "re_1",
    "payment_intent": "pi_1",
    "charge": "ch_1",
    "amount": 100,
    "status": "succeeded",
}
DISPUTE: dict[str, Any] = {"id": "dp_1", "payment_intent": "pi_1", "amount": 499, "status": "needs_response"}


def event(kind: str, thing: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": thing}} | facts


def test_a_visit() -> None:
    read = reading.event(event("checkout.session.completed", SESSION))

    assert read.about == Checkout(
        "cs_1", "plink_1", "token", "pi_1", "paid", 499, "usd", one_pack=False, labels={"bot": "42"}
    )


def test_a_visit_without_a_payment_intent_is_known_by_itself() -> None:
    assert reading.checkout(SESSION | {"payment_intent": None}).charge_id == "cs_1"


def test_taxes_on_top_are_not_the_price_and_a_discount_is_not_given_away() -> None:
    assert reading.checkout(SESSION | {"amount_total": 600}).amount == 499
    assert reading.checkout(SESSION | {"amount_total": 100}).amount == 100


@pytest.mark.parametrize("kind", sorted(reading.REFUNDS))
def test_a_refund(kind: str) -> None:
    assert reading.event(event(kind, REFUND)).about == CardReversal("re_1", "refund", "pi_1", 100, "succeeded")


def test_a_refund_whose_status_is_not_said_is_under_way() -> None:
    assert reading.refund(REFUND | {"status": None}).status == "pending"


@pytest.mark.parametrize("kind", sorted(reading.DISPUTES))
def test_a_dispute(kind: str) -> None:
    assert reading.event(event(kind, DISPUTE)).about == CardReversal("dp_1", "dispute", "pi_1", 499, "needs_response")


def test_a_charge_whose_refunds_are_to_be_asked_for() -> None:
    read = reading.event(event("charge.refunded", {"id": "ch_1", "payment_intent": "pi_1"}))

    assert (read.about, read.refunds_of) == (None, "pi_1")


def test_a_subscriptions_visit_and_whatever_else_happens_concern_nobody() -> None:
    for other in (event("checkout.session.completed", SESSION | {"mode": "subscription"}), event("invoice.paid", {})):
        assert (reading.event(other).about, reading.event(other).refunds_of) == (None, None)


@pytest.mark.parametrize("amount", [-1, 0, 1 << 63, 4.99, "499", None, True, float("nan")])
def test_an_amount_that_is_none_is_not_read(amount: object) -> None:
    for broken in (
        event("refund.created", REFUND | {"amount": amount}),
        event("charge.dispute.created", DISPUTE | {"amount": amount}),
    ):
        with pytest.raises(PaymentError):
            reading.event(broken)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"id": "evt_1", "type": "refund.created", "livemode": False},
        event("refund.created", {}),
        event("charge.dispute.created", {"id": "dp_1"}),
        event("checkout.session.completed", {"mode": "payment"}),
        event("checkout.session.completed", {}),
        {"id": "evt_1", "type": "refund.created", "livemode": False, "data": []},
        {"id": "evt_1", "type": ["refund.created"], "livemode": False, "data": {"object": {}}},
    ],
)
def test_what_lacks_what_it_must_have_is_not_read(broken: dict[str, Any]) -> None:
    with pytest.raises(PaymentError) as error:
        reading.event(broken)

    assert not error.value.retryable


@pytest.mark.parametrize(
    ("items", "one"),
    [
        ({"data": [{"quantity": 1}], "has_more": False}, True),
        ({"data": [{"quantity": 2}], "has_more": False}, False),
        ({"data": [{"quantity": 1}, {"quantity": 1}], "has_more": False}, False),
        ({"data": [{"quantity": 1}], "has_more": True}, False),
        ({"data": [], "has_more": False}, False),
        (None, False),
    ],
)
def test_one_pack_is_one_piece_of_one_thing(items: object, one: bool) -> None:
    assert reading.checkout(SESSION | {"line_items": items}).one_pack is one


def test_the_types_asked_for_are_as_many_as_stripe_lists_at_once() -> None:
    assert len(reading.TYPES) <= 20
