"""Invoices: what a subscription's period costs, and the payment of it."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.items import total_of
from sandbox.stripe.lists import listed
from sandbox.stripe.schema.description import blank
from sandbox.stripe.side import Side


def make(side: Side, subscription: Json, items: list[Json], reason: str, buyer: Json | None) -> Json:
    """Make the invoice for a subscription's current period, and finalize it."""
    customer = side.record(subscription["customer"]).body
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
    side.change(customer, None, next_invoice_sequence=customer["next_invoice_sequence"] + 1)
    charged = [item for item in items if reason == "subscription_create" or item["price"]["recurring"]]
    total, period = total_of(charged), subscription["items"]["data"][0]
    snapshot = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    parent = {"type": "subscription_details", "subscription_details": snapshot, "quote_details": None}
    facts: Json = _unchanging() | {
        "amount_due": total,
        "amount_remaining": total,
        "billing_reason": reason,
        "currency": subscription["currency"],
        "customer": customer["id"],
        "customer_email": (buyer or {}).get("email") or customer["email"],
        "customer_name": customer["name"],
        "number": number,
        "parent": parent,
        "period_end": period["current_period_start"],
        "period_start": period["current_period_start"],
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "total": total,
        "total_excluding_tax": total,
    }
    invoice = side.make("invoice", facts)
    lines = [_line(side, invoice, subscription, item) for item in charged]
    held = listed(lines, f"/v1/invoices/{invoice['id']}/lines")
    side.change(invoice, None, lines=held, hosted_invoice_url=f"{side.root}/invoices/{invoice['id']}")
    side.emit("invoice.created", invoice)
    times = invoice["status_transitions"] | {"finalized_at": side.now}
    side.change(invoice, None, status="open", status_transitions=times, effective_at=side.now)
    side.emit("invoice.finalized", invoice)
    return invoice


def pay(side: Side, invoice: Json, intent: Json) -> None:
    """Mark an invoice as paid by a payment that has succeeded."""
    _join(side, invoice, intent, "paid")
    times = invoice["status_transitions"] | {"paid_at": side.now}
    values: Json = {"amount_paid": invoice["total"], "amount_remaining": 0, "attempted": True}
    values |= {"attempt_count": invoice["attempt_count"] + 1, "status": "paid", "status_transitions": times}
    side.change(invoice, None, **values)
    side.emit("invoice.paid", invoice)
    side.emit("invoice.payment_succeeded", invoice)


def fail(side: Side, invoice: Json, intent: Json) -> None:
    """Note that an invoice could not be paid; it stays open, and is tried again three days later."""
    _join(side, invoice, intent, "open")
    values: Json = {"attempted": True, "attempt_count": invoice["attempt_count"] + 1, "auto_advance": True}
    side.change(invoice, None, **values, next_payment_attempt=side.now + 3 * 24 * 3600)
    side.emit("invoice.payment_failed", invoice)


def _join(side: Side, invoice: Json, intent: Json, status: str) -> None:
    """Write down which payment an invoice was to be paid by; neither of the two names the other."""
    paid = status == "paid"
    facts: Json = {"amount_paid": invoice["total"] if paid else None, "amount_requested": invoice["total"]}
    facts |= {"currency": invoice["currency"], "invoice": invoice["id"], "is_default": True, "status": status}
    facts["payment"] = {"type": "payment_intent", "payment_intent": intent["id"]}
    facts["status_transitions"] = {"canceled_at": None, "paid_at": side.now if paid else None}
    payment = side.make("invoice_payment", facts)
    if paid:
        side.emit("invoice_payment.paid", payment)


def _line(side: Side, invoice: Json, subscription: Json, item: Json) -> Json:
    entry = next(
        (one for one in subscription["items"]["data"] if one["price"]["id"] == item["price"]["id"]),
        subscription["items"]["data"][0],
    )
    details = {"invoice_item": None, "proration": False, "proration_details": {"credited_items": None}}
    details |= {"subscription": subscription["id"], "subscription_item": entry["id"]}
    price = {"price": item["price"]["id"], "product": item["price"]["product"]}
    return side.form(
        "line_item",
        amount=item["amount_total"],
        currency=item["currency"],
        description=f"{item['quantity']} × {item['description']}",
        discount_amounts=[],
        discountable=True,
        discounts=[],
        invoice=invoice["id"],
        metadata=dict(subscription["metadata"]),
        parent={
            "type": "subscription_item_details",
            "subscription_item_details": details,
            "invoice_item_details": None,
        },
        period={"start": entry["current_period_start"], "end": entry["current_period_end"]},
        pretax_credit_amounts=[],
        pricing={
            "type": "price_details",
            "price_details": price,
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        },
        quantity=item["quantity"],
        subscription=subscription["id"],
        subtotal=item["amount_subtotal"],
        taxes=[],
    )


def _unchanging() -> Json:
    """Return what is the same on every new invoice here."""
    return {
        "account_country": "US",
        "account_name": "Sandbox",
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_shipping": 0,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": blank("automatic_tax") | {"enabled": False},
        "collection_method": "charge_automatically",
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "ending_balance": 0,
        "issuer": {"type": "self"},
        "lines": listed([], "/v1/invoices"),
        "payment_settings": blank("invoices_payment_settings"),
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": "draft",
        "status_transitions": blank("invoices_resource_status_transitions"),
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }
