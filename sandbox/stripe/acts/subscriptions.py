"""Subscriptions: begun by a session, paid again each period, and ended."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

from sandbox.store import Json
from sandbox.stripe.acts import charges, invoices
from sandbox.stripe.schema.description import blank
from sandbox.stripe.side import Side


def begin(side: Side, session: Json, intent: Json, charge: Json) -> dict[str, str | None]:
    """Make the subscription a session has paid for, with its first invoice; return what the session shows of them."""
    link = side.record(session["payment_link"]).body
    items = side.aside(session)["line_items"]
    subscription = _make(side, link, items, intent["customer"], charge["payment_method"])
    side.emit("customer.subscription.created", subscription)
    invoice = invoices.make(side, subscription, items, "subscription_create", session["customer_details"])
    invoices.pay(side, invoice, intent)
    values: Json = {"status": "active", "latest_invoice": invoice["id"]}
    side.change(subscription, "customer.subscription.updated", **values)
    return {"subscription": subscription["id"], "invoice": invoice["id"]}


def renew(side: Side, subscription: Json, *, succeeds: bool) -> Json:
    """Begin the next period, or the end if one was asked for, and take the money for it; return the invoice.

    Raises ValueError when the subscription has ended.
    """
    if subscription["status"] == "canceled":
        raise ValueError("the subscription has ended")
    if subscription["cancel_at_period_end"]:
        end(side, subscription)
        return {}
    customer = side.record(subscription["customer"]).body
    invoice = _begin_period(side, subscription, customer)
    total, currency = invoice["total"], invoice["currency"]
    facts: Json = {"customer": customer["id"], "description": "Subscription update"}
    intent = charges.make_intent(side, total, currency, **facts)
    if succeeds:
        charge = charges.charge_card(side, intent, customer["email"])
        invoices.pay(side, invoice, intent)
        charges.book(side, charge)
    else:
        charges.decline_card(side, intent, customer["email"])
        invoices.fail(side, invoice, intent)
    side.change(subscription, "customer.subscription.updated", status="active" if succeeds else "past_due")
    return invoice


def end(side: Side, subscription: Json, details: Json | None = None) -> Json:
    """End a subscription now."""
    values: Json = {"status": "canceled", "ended_at": side.now, "cancellation_details": _reason(details)}
    values["canceled_at"] = subscription["canceled_at"] or side.now
    side.change(subscription, None, **values)
    side.emit("customer.subscription.deleted", subscription)
    return subscription


def end_later(side: Side, subscription: Json, *, wanted: bool) -> Json:
    """Have a subscription end with its period, or go on after all."""
    last = subscription["items"]["data"][0]["current_period_end"]
    values: Json = {"cancel_at_period_end": wanted, "cancel_at": last if wanted else None}
    values |= {"canceled_at": side.now if wanted else None, "cancellation_details": _reason({} if wanted else None)}
    return side.change(subscription, "customer.subscription.updated", **values)


def _reason(details: Json | None) -> Json:
    asked = "cancellation_requested" if details is not None else None
    return {"comment": None, "feedback": None, "reason": asked} | (details or {})


def _make(side: Side, link: Json, items: list[Json], customer: str | None, method: str) -> Json:
    data = link["subscription_data"]
    facts: Json = {
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": side.now,
        "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "included"}},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": _reason(None),
        "collection_method": "charge_automatically",
        "currency": link["currency"],
        "customer": customer,
        "default_payment_method": method,
        "default_tax_rates": [],
        "description": data["description"],
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "metadata": dict(data["metadata"]),
        "payment_settings": blank("subscriptions_resource_payment_settings")
        | {"save_default_payment_method": "off", "payment_method_types": None},
        "start_date": side.now,
        "status": "incomplete",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
    }
    subscription = side.make("subscription", facts, line_items=items)
    entries = [_item(side, subscription, item) for item in items if item["price"]["recurring"]]
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    held = {"object": "list", "data": entries, "has_more": False, "url": url}
    return side.change(subscription, None, items=held)


def _begin_period(side: Side, subscription: Json, customer: Json) -> Json:
    """Move a subscription to its next period, and return the invoice for that."""
    before = {"items": subscription["items"], "latest_invoice": subscription["latest_invoice"]}
    entries = []
    for item in subscription["items"]["data"]:
        start = item["current_period_end"]
        period = {"current_period_start": start, "current_period_end": _after(start, item["price"]["recurring"])}
        entries.append(item | period)
    subscription["items"] = subscription["items"] | {"data": entries}
    ordered = side.aside(subscription)["line_items"]
    invoice = invoices.make(side, subscription, ordered, "subscription_cycle", {"email": customer["email"]})
    side.change(subscription, None, latest_invoice=invoice["id"])
    side.emit("customer.subscription.updated", subscription, before)
    return invoice


def _item(side: Side, subscription: Json, item: Json) -> Json:
    return side.form(
        "subscription_item",
        current_period_start=side.now,
        current_period_end=_after(side.now, item["price"]["recurring"]),
        discounts=[],
        price=item["price"],
        quantity=item["quantity"],
        subscription=subscription["id"],
        tax_rates=[],
    )


def _after(start: int, recurring: Json) -> int:
    """Return the end of a period; the 31st becomes the last day of a shorter month."""
    moment, count = datetime.fromtimestamp(start, UTC), recurring["interval_count"]
    if recurring["interval"] in ("day", "week"):
        days = count * (7 if recurring["interval"] == "week" else 1)
        return int((moment + timedelta(days=days)).timestamp())
    months = count * (12 if recurring["interval"] == "year" else 1)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())
