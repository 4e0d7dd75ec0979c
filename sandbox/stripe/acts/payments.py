"""Paying for a session: at once, not at all, or some days later."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts import charges, subscriptions
from sandbox.stripe.acts.sessions import complete
from sandbox.stripe.side import Side

METHODS = ("card", "declined", "delayed")


def pay(side: Side, session: Json, email: str, method: str) -> bool:
    """Pay by `card`, by a card that is `declined`, or by a bank debit (`delayed`); return whether the visit is over.

    A bank debit has to be settled later, see `settle`. Subscriptions cannot be paid by one.
    """
    customer = _customer(side, session, email)
    if session["amount_total"] == 0 and session["mode"] == "payment":
        complete(side, session, "no_payment_required", email, customer=customer)
        return True
    intent = _intent(side, session, customer)
    if method == "declined":
        charges.decline_card(side, intent, email)
        return False
    if method == "delayed":
        charges.debit_bank(side, intent, email)
        complete(side, session, "unpaid", email, customer=customer)
        return True
    charge = charges.charge_card(side, intent, email)
    facts = subscriptions.begin(side, session, intent, charge) if session["mode"] == "subscription" else {}
    complete(side, session, "paid", email, customer=customer, **facts)
    charges.book(side, charge)
    return True


def settle(side: Side, session: Json, *, succeeds: bool) -> None:
    """Let a bank's answer to a debit arrive. Raises ValueError when none is awaited."""
    intent = side.find(session["payment_intent"])
    if intent is None or intent["status"] != "processing":
        raise ValueError("no bank debit of this session waits to be settled")
    charge = side.record(intent["latest_charge"]).body
    charges.settle_debit(side, intent, charge, succeeds=succeeds)
    if succeeds:
        side.change(session, None, payment_status="paid")
        side.emit("checkout.session.async_payment_succeeded", session)
        charges.book(side, charge)
    else:
        side.emit("checkout.session.async_payment_failed", session)


def _customer(side: Side, session: Json, email: str) -> str | None:
    """Return the session's customer, made now if there has to be one; None for a guest."""
    aside = side.aside(session)
    if session["customer_creation"] != "always" or aside.get("customer"):
        return aside.get("customer")
    facts: Json = {"email": email, "name": "Sandbox Buyer", "balance": 0, "delinquent": False}
    facts |= {"invoice_prefix": session["id"][-8:].upper(), "preferred_locales": [], "tax_exempt": "none"}
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    customer = side.make("customer", facts | {"invoice_settings": settings, "next_invoice_sequence": 1})
    aside["customer"] = customer["id"]
    side.save(session)
    side.emit("customer.created", customer)
    return str(customer["id"])


def _intent(side: Side, session: Json, customer: str | None) -> Json:
    """Return the session's payment intent, made at the first attempt to pay."""
    aside = side.aside(session)
    if known := side.find(aside.get("intent")):
        return side.change(known, None, amount=session["amount_total"])  # the quantity may be another one by now
    link = side.account.objects.get(session["payment_link"])
    data = (link.body["payment_intent_data"] if link else None) or {}
    facts: Json = {"metadata": dict(data.get("metadata", {})), "description": data.get("description")}
    if session["mode"] == "subscription":
        facts["description"] = "Subscription creation"
    intent = charges.make_intent(side, session["amount_total"], session["currency"], customer=customer, **facts)
    aside["intent"] = intent["id"]
    if session["mode"] == "payment":
        session["payment_intent"] = intent["id"]
    side.save(session)
    return intent
