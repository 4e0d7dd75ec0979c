"""Stripe's objects, as the API and its events write them, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from providers.payments import CardEvent, CardReversal, Checkout, PaymentError, PaymentLink, WebhookAddress

Progress = Literal["open", "pending", "paid", "failed", "over"]
LARGEST = 1 << 53
"""More than Stripe can charge in any currency; less than what the database can hold."""
CHECKOUTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
REFUNDS = frozenset({"refund.created", "refund.updated", "refund.failed"})
DISPUTES = frozenset(
    f"charge.dispute.{what}" for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
)
REFUNDED = "charge.refunded"
TYPES = CHECKOUTS | REFUNDS | DISPUTES | {REFUNDED}
"""What concerns payments that are made once. (Stripe lists at most 20 types in one call.)"""
BROKEN_INTENTS = frozenset({"requires_payment_method", "canceled"})
"""How a PaymentIntent stands after its delayed payment did not come (Stripe, "PaymentIntent lifecycle")."""


def event(body: Mapping[str, Any]) -> CardEvent:
    """Raises PaymentError when the event lacks what it must have."""
    try:
        kind, thing = body["type"], body["data"]["object"]
        refunds_of = _charge(thing) if kind == REFUNDED else None
        return CardEvent(str(body["id"]), str(kind), bool(body["livemode"]), _about(kind, thing), refunds_of)
    except (KeyError, TypeError, AttributeError) as error:
        raise PaymentError(f"Stripe: an event of another shape ({error!r})", retryable=False) from error


def _about(kind: str, thing: Mapping[str, Any]) -> Checkout | CardReversal | None:
    if kind in CHECKOUTS and thing["mode"] == "payment":
        return checkout(thing)
    if kind in REFUNDS:
        return refund(thing)
    return dispute(thing) if kind in DISPUTES else None


def checkout(session: Mapping[str, Any]) -> Checkout:
    """A Checkout Session; whole only with `line_items` and `payment_intent.latest_charge` expanded."""
    intent = session.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, dict) else None
    return Checkout(
        id=session["id"],
        link_id=_id(session.get("payment_link")),
        reference=session.get("client_reference_id"),
        charge_id=_id(intent) or session["id"],
        progress=_progress(session, intent),
        # Taxes of the shop's own settings are on top of the price; a discount we never gave is not the price.
        amount=_money(min(session["amount_subtotal"], session["amount_total"])),
        currency=session["currency"],
        one_pack=_one_pack(session.get("line_items")),
        labels=dict(session.get("metadata") or {}),
        receipt_url=charge.get("receipt_url") if isinstance(charge, dict) else None,
    )


def refund(one: Mapping[str, Any]) -> CardReversal:
    amount, status = _money(one["amount"], least=1), one.get("status") or "pending"
    return CardReversal(one["id"], "refund", _charge(one), amount, status)


def dispute(one: Mapping[str, Any]) -> CardReversal:
    return CardReversal(one["id"], "dispute", _charge(one), _money(one["amount"], least=1), one["status"])


def link(one: Mapping[str, Any]) -> PaymentLink:
    return PaymentLink(one["id"], one["url"], dict(one.get("metadata") or {}))


def webhook_address(one: Mapping[str, Any]) -> WebhookAddress:
    return WebhookAddress(one["url"], one["status"] == "enabled", frozenset(one["enabled_events"]))


def _progress(session: Mapping[str, Any], intent: object) -> Progress:
    if session["payment_status"] == "paid":
        return "paid"
    if session["status"] == "open":
        return "open"
    # Complete and free of charge: no money has moved, and nothing of ours is free.
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        return "over"
    return "failed" if isinstance(intent, dict) and intent.get("status") in BROKEN_INTENTS else "pending"


def _one_pack(items: object) -> bool:
    if not isinstance(items, dict) or items.get("has_more") or len(items["data"]) != 1:
        return False
    return bool(items["data"][0]["quantity"] == 1)


def _charge(one: Mapping[str, Any]) -> str:
    """What a payment is known by: its PaymentIntent where there is one, as all Checkout Sessions with money have."""
    return _id(one.get("payment_intent")) or _id(one.get("charge")) or str(one["id"])


def _id(thing: object) -> str | None:
    """The id of what is there as an id or, expanded, as a whole."""
    if isinstance(thing, dict):
        return str(thing["id"])
    return thing if isinstance(thing, str) else None


def _money(amount: object, *, least: int = 0) -> int:
    if not isinstance(amount, int) or isinstance(amount, bool) or not least <= amount < LARGEST:
        raise TypeError("an amount that is none")
    return amount
