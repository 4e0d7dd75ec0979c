"""Checkout sessions: one visit of one buyer to a payment link."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.store import Json
from sandbox.stripe.acts.items import discounted, ordered, tampered, total_of
from sandbox.stripe.schema.description import blank, properties
from sandbox.stripe.side import Side

LIFETIME_SECONDS = 24 * 3600
# Anything else is dropped without a word, and the payment goes on. https://docs.stripe.com/payment-links/url-parameters
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Visit:
    """What a buyer brings along. `amount`, `currency` and `discount` (percent) are no buyer's to choose: tests are."""

    client_reference_id: str | None = None
    email: str | None = None
    locale: str | None = None
    quantity: int | None = None
    amount: int | None = None
    currency: str | None = None
    discount: int = 0


def is_open(link: Json) -> bool:
    """Tell whether a link can be paid at: it is in use, and its limit of sales is not reached."""
    limit = (link["restrictions"] or {}).get("completed_sessions")
    return bool(link["active"]) and (limit is None or limit["count"] < limit["limit"])


def open_session(side: Side, link: Json, offered: list[Json], visit: Visit) -> Json:
    """Begin a visit: a session that is open, and expires in a day."""
    items = tampered(ordered(side, offered, visit.quantity), visit.amount, visit.currency)
    if visit.discount:
        items = discounted(items, visit.discount)
    recurring = link["subscription_data"] is not None
    reference = visit.client_reference_id or ""
    facts: Json = {
        **_shape(link),
        "mode": "subscription" if recurring else "payment",
        "payment_link": link["id"],
        "metadata": dict(link["metadata"]),
        "client_reference_id": reference if _REFERENCE.fullmatch(reference) else None,
        "customer_creation": "always" if recurring else link["customer_creation"],
        "locale": visit.locale if visit.locale in _locales() else "auto",
        "status": "open",
        "payment_status": "unpaid",
        "expires_at": side.now + LIFETIME_SECONDS,
        "success_url": (link["after_completion"].get("redirect") or {}).get("url") or "https://stripe.com",
        "cancel_url": "https://stripe.com",
    }
    if not recurring:
        facts["payment_method_types"] = ["card", "us_bank_account"]
    session = side.make("checkout.session", facts | _amounts(items), line_items=items, email=visit.email)
    session["url"] = f"{side.root}/checkout/{session['id']}"
    side.save(session)
    side.account.chores.add("expire", session["id"], session["expires_at"], side.root)
    return session


def choose_quantity(side: Side, session: Json, quantity: int) -> None:
    """Have the buyer want another number of the first item."""
    aside = side.aside(session)
    aside["line_items"] = ordered(side, aside["line_items"], quantity)
    side.change(session, None, **_amounts(aside["line_items"]))


def expire(side: Side, session: Json) -> Json:
    """End a visit in which nothing was bought."""
    side.change(session, None, status="expired", url=None)
    side.emit("checkout.session.expired", session)
    return session


def complete(side: Side, session: Json, payment_status: str, email: str, **facts: str | None) -> None:
    """End a visit in which something was bought, and count it against the link's limit."""
    details = blank("payment_pages_checkout_session_customer_details") | {"email": email, "tax_exempt": "none"}
    details |= {"name": "Sandbox Buyer", "tax_ids": []}
    details["address"] = blank("address") | {"country": "US", "postal_code": "94107"}
    values: Json = {"status": "complete", "payment_status": payment_status, "url": None, "customer_details": details}
    side.change(session, None, **values, **facts)
    link = side.account.objects.get(session["payment_link"])
    if link and link.body["restrictions"]:
        link.body["restrictions"]["completed_sessions"]["count"] += 1
        side.account.objects.save(link)
    side.emit("checkout.session.completed", session)


def _locales() -> list[str | None]:
    return list(properties("checkout.session")["locale"]["enum"])


def _amounts(items: list[Json]) -> Json:
    discount = sum(item["amount_discount"] for item in items)
    return {
        "amount_subtotal": sum(item["amount_subtotal"] for item in items),
        "amount_total": total_of(items),
        "currency": items[0]["currency"],
        "total_details": {"amount_discount": discount, "amount_shipping": 0, "amount_tax": 0},
    }


def _shape(link: Json) -> Json:
    """Return what every session shows in the same way, or as its link does."""
    return {
        "adaptive_pricing": {"enabled": False},
        "allow_promotion_codes": link["allow_promotion_codes"],
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": link["billing_address_collection"],
        "custom_fields": [],
        "custom_text": blank("payment_pages_checkout_session_custom_text") | link["custom_text"],
        "invoice_creation": {
            "enabled": False,
            "invoice_data": blank("payment_pages_checkout_session_invoice_settings") | {"metadata": {}},
        },
        "payment_method_collection": link["payment_method_collection"],
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "submit_type": link["submit_type"],
        "ui_mode": "hosted_page",
    }
