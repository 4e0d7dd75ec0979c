"""Somebody pays at a link: by card, by a card that is declined, by a debit that takes days."""

from __future__ import annotations

import pytest

from tests.sandbox.stripe.shop import Shop


async def test_a_card_pays_at_once(shop: Shop) -> None:
    link = await shop.link(
        499, metadata={"pack": "40"}, payment_intent_data={"metadata": {"pack": "40"}, "description": "40 credits"}
    )
    paid = await shop.paid(link=link, client_reference_id="order_1-A", email="a@example.com")
    session = await shop.session(paid["id"], "payment_intent.latest_charge.balance_transaction", "line_items")
    assert (session.status, session.payment_status, session.mode) == ("complete", "paid", "payment")
    assert (session.amount_total, session.currency, session.client_reference_id) == (499, "usd", "order_1-A")
    assert session.payment_link == link.id
    assert session.metadata.to_dict() == {"pack": "40"}
    assert session.customer_details.email == "a@example.com"
    assert session.url is None
    intent = session.payment_intent
    assert (intent.status, intent.amount_received, intent.metadata.to_dict()) == ("succeeded", 499, {"pack": "40"})
    charge = intent.latest_charge
    assert (charge.status, charge.paid, charge.metadata.to_dict()) == ("succeeded", True, {"pack": "40"})
    assert charge.balance_transaction.net == 499 - 44
    [item] = session.line_items.data
    assert (item.quantity, item.amount_total, item.price.unit_amount) == (1, 499, 499)


async def test_its_events_come_signed_and_in_stripes_shape(shop: Shop) -> None:
    paid = await shop.paid()
    await shop.heard("charge.updated")
    assert shop.hearer.kinds() == [
        "product.created",
        "price.created",
        "payment_link.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]
    [completed] = shop.hearer.of("checkout.session.completed")
    assert completed["data"]["object"]["id"] == paid["id"]
    assert completed["request"] == {"id": None, "idempotency_key": None}
    [made] = shop.hearer.of("product.created")
    assert made["request"]["id"].startswith("req_")
    event = await shop.api.v1.events.retrieve_async(completed["id"])
    assert event.data.object["id"] == paid["id"]


async def test_a_declined_card_leaves_the_session_open(shop: Shop) -> None:
    paid = await shop.paid("declined")
    session = await shop.session(paid["id"], "payment_intent.latest_charge")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent.status == "requires_payment_method"
    assert session.payment_intent.last_payment_error.code == "card_declined"
    assert session.payment_intent.latest_charge.failure_code == "card_declined"
    await shop.heard("payment_intent.payment_failed")
    assert not shop.hearer.of("checkout.session.completed")


@pytest.mark.parametrize(
    ("verb", "status", "event"),
    [("succeed", "paid", "async_payment_succeeded"), ("fail", "unpaid", "async_payment_failed")],
)
async def test_a_bank_debit_is_settled_later(shop: Shop, verb: str, status: str, event: str) -> None:
    paid = await shop.paid("delayed")
    session = await shop.session(paid["id"], "payment_intent")
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert session.payment_intent.status == "processing"
    [completed] = await shop.heard("checkout.session.completed")
    assert completed["data"]["object"]["payment_status"] == "unpaid"
    await shop.control(f"sessions/{paid['id']}/{verb}", {})
    [settled] = await shop.heard(f"checkout.session.{event}")
    assert settled["data"]["object"]["payment_status"] == status
    again = await shop.control(f"sessions/{paid['id']}/{verb}", {}, status=400)
    assert again == {"error": "no bank debit of this session waits to be settled"}


async def test_a_bank_debit_settles_by_itself_when_told_to(shop: Shop) -> None:
    await shop.paid("delayed", settle="succeed", settle_after=0.05)
    await shop.heard("checkout.session.async_payment_succeeded")


@pytest.mark.parametrize("reference", ["two words", "ünïcode", "x" * 201, "a.b"])
async def test_a_reference_with_wrong_characters_is_lost_and_the_payment_is_not(shop: Shop, reference: str) -> None:
    paid = await shop.paid(client_reference_id=reference)
    assert (paid["client_reference_id"], paid["payment_status"]) == (None, "paid")


async def test_the_reference_in_the_address_counts(shop: Shop) -> None:
    link = await shop.link()
    query = "?client_reference_id=order_7&prefilled_email=b%40example.com"
    paid = await shop.control("pay", {"link": link.url + query})
    assert (paid["client_reference_id"], paid["customer_details"]["email"]) == ("order_7", "b@example.com")


async def test_a_payment_can_be_tampered_with(shop: Shop) -> None:
    link = await shop.link(499)
    paid = await shop.paid(link=link, amount=1, currency="rub", quantity=1)
    session = await shop.session(paid["id"], "payment_intent", "line_items")
    assert (session.amount_total, session.currency) == (1, "rub")
    assert (session.payment_intent.amount, session.payment_intent.currency) == (1, "rub")
    assert session.line_items.data[0].price.unit_amount == 499


async def test_a_payment_of_the_other_mode_is_told_to_those_who_must_not_believe_it(shop: Shop) -> None:
    paid = await shop.paid(flip_livemode=True)
    [completed] = await shop.heard("checkout.session.completed")
    assert (completed["livemode"], completed["data"]["object"]["livemode"]) == (True, True)
    assert paid["id"].startswith("cs_live_")


async def test_everything_off_means_no_payment_at_all(shop: Shop) -> None:
    paid = await shop.paid(discount=100)
    assert (paid["payment_status"], paid["amount_total"], paid["payment_intent"]) == ("no_payment_required", 0, None)
    assert paid["total_details"]["amount_discount"] == 499


async def test_a_session_expires_after_a_day_or_when_told_to(shop: Shop) -> None:
    first, second = [(await shop.paid("declined"))["id"] for _ in range(2)]
    await shop.api.v1.checkout.sessions.expire_async(first)
    await shop.heard("checkout.session.expired")
    shop.sandbox.clock.ahead += 24 * 3600 + 1
    [_, expired] = await shop.heard("checkout.session.expired", 2)
    assert expired["data"]["object"]["id"] == second
