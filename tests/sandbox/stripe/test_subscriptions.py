"""Recurring links: begun, renewed, not paid, and ended."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import InvalidRequestError

from tests.sandbox.stripe.shop import Shop

MONTHLY = {"interval": "month"}


async def subscribed(shop: Shop, **facts: Any) -> Any:
    link = await shop.link(900, recurring=MONTHLY, subscription_data={"metadata": {"plan": "plus"}}, **facts)
    paid = await shop.paid(link=link, client_reference_id="order_9", email="s@example.com")
    return await shop.session(paid["id"], "subscription", "invoice", "customer")


async def test_a_recurring_link_makes_customer_subscription_and_paid_invoice(shop: Shop) -> None:
    session = await subscribed(shop)
    assert (session.mode, session.payment_status, session.payment_intent) == ("subscription", "paid", None)
    assert session.customer.email == "s@example.com"
    subscription, invoice = session.subscription, session.invoice
    assert (subscription.status, subscription.metadata.to_dict()) == ("active", {"plan": "plus"})
    item = subscription.items.data[0]
    assert 28 * 86400 <= item.current_period_end - item.current_period_start <= 31 * 86400
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == ("paid", 900, "subscription_create")
    details = invoice.parent.subscription_details
    assert (details.subscription, details.metadata.to_dict()) == (subscription.id, {"plan": "plus"})
    await shop.heard("checkout.session.completed")
    kinds = shop.hearer.kinds()
    assert kinds.index("customer.subscription.created") < kinds.index("invoice.paid")
    assert kinds.index("invoice.paid") < kinds.index("checkout.session.completed")


async def test_an_invoice_names_its_payment_and_a_payment_its_invoice(shop: Shop) -> None:
    session = await subscribed(shop)
    invoice = await shop.api.v1.invoices.retrieve_async(session.invoice.id, {"expand": ["payments"]})
    assert invoice.payments is not None
    intent = invoice.payments.data[0].payment.payment_intent
    found = await shop.api.v1.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": str(intent)}}
    )
    assert [one.invoice for one in found.data] == [invoice.id]
    lines = await shop.api.v1.invoices.line_items.list_async(str(invoice.id))
    assert lines.data[0].amount == 900
    refund = await shop.control("refunds", {"payment": session.subscription.id})
    assert (refund["payment_intent"], refund["amount"]) == (intent, 900)


async def test_a_renewal_is_paid_for_the_next_period(shop: Shop) -> None:
    session = await subscribed(shop)
    first = session.subscription.items.data[0]
    renewed = await shop.control(f"subscriptions/{session.subscription.id}/renew", {})
    item = renewed["items"]["data"][0]
    assert item["current_period_start"] == first.current_period_end
    [_, paid] = await shop.heard("invoice.paid", 2)
    facts = paid["data"]["object"]
    assert (facts["billing_reason"], facts["amount_paid"]) == ("subscription_cycle", 900)
    assert facts["lines"]["data"][0]["period"]["end"] == item["current_period_end"]
    listed = await shop.api.v1.invoices.list_async({"subscription": session.subscription.id})
    assert len(listed.data) == 2
    assert listed.data[0].number != listed.data[1].number


async def test_a_renewal_that_is_not_paid_makes_it_past_due(shop: Shop) -> None:
    session = await subscribed(shop)
    renewed = await shop.control(f"subscriptions/{session.subscription.id}/renew", {"succeeds": False})
    assert renewed["status"] == "past_due"
    [failed] = await shop.heard("invoice.payment_failed")
    assert failed["data"]["object"]["status"] == "open"
    await shop.heard("customer.subscription.updated", 2)


async def test_a_subscription_is_ended_at_once(shop: Shop) -> None:
    session = await subscribed(shop)
    ended = await shop.api.v1.subscriptions.cancel_async(session.subscription.id)
    assert (ended.status, ended.ended_at is not None) == ("canceled", True)
    await shop.heard("customer.subscription.deleted")
    assert (await shop.api.v1.subscriptions.list_async()).data == []
    assert len((await shop.api.v1.subscriptions.list_async({"status": "all"})).data) == 1
    with pytest.raises(InvalidRequestError, match="No such subscription"):
        await shop.api.v1.subscriptions.cancel_async(ended.id)
    refused = await shop.control(f"subscriptions/{ended.id}/renew", {}, status=400)
    assert refused == {"error": "the subscription has ended"}


async def test_a_subscription_ends_with_its_period_unless_it_goes_on(shop: Shop) -> None:
    session = await subscribed(shop)
    subscriptions = shop.api.v1.subscriptions
    ending = await subscriptions.update_async(session.subscription.id, {"cancel_at_period_end": True})
    assert ending.cancel_at == session.subscription.items.data[0].current_period_end
    going_on = await subscriptions.update_async(session.subscription.id, {"cancel_at_period_end": False})
    assert going_on.cancel_at is None
    await shop.control(f"subscriptions/{session.subscription.id}/cancel", {"at_period_end": True})
    await shop.control(f"subscriptions/{session.subscription.id}/renew", {})
    [deleted] = await shop.heard("customer.subscription.deleted")
    assert deleted["data"]["object"]["status"] == "canceled"


async def test_a_declined_card_begins_nothing(shop: Shop) -> None:
    link = await shop.link(900, recurring=MONTHLY)
    paid = await shop.paid("declined", link=link)
    assert (paid["status"], paid["subscription"]) == ("open", None)
    assert (await shop.api.v1.subscriptions.list_async({"status": "all"})).data == []
    refused = await shop.control("pay", {"link": link.id, "method": "delayed"}, status=400)
    assert refused == {"error": "a subscription cannot be paid by bank debit here"}


async def test_a_customer_is_made_changed_and_deleted_with_the_subscriptions(shop: Shop) -> None:
    customers = shop.api.v1.customers
    made = await customers.create_async({"email": "c@example.com", "metadata": {"user": "7"}})
    changed = await customers.update_async(made.id, {"name": "Carol", "email": ""})
    assert (changed.name, changed.email) == ("Carol", None)
    session = await subscribed(shop)
    shown = await customers.retrieve_async(session.customer.id, {"expand": ["subscriptions"]})
    assert [one.id for one in shown.subscriptions.data] == [session.subscription.id]  # type: ignore[union-attr]
    assert (await customers.delete_async(session.customer.id)).deleted
    await shop.heard("customer.subscription.deleted")
    assert [one.id for one in (await customers.list_async()).data] == [made.id]
    assert (await customers.retrieve_async(session.customer.id)).deleted
    assert (await shop.session(session.id, "customer")).customer.deleted
    with pytest.raises(InvalidRequestError, match="No such customer"):
        await customers.update_async(session.customer.id, {"name": "Nobody"})


async def test_a_guest_becomes_a_customer_when_the_link_says_so(shop: Shop) -> None:
    assert (await shop.paid())["customer"] is None
    paid = await shop.paid(link=await shop.link(customer_creation="always"))
    assert paid["customer"].startswith("cus_")
