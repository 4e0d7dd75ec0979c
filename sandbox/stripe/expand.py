"""`expand[]`: objects in the place of their ids, and lists that are only shown when asked for."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from sandbox.store import Json
from sandbox.stripe.errors import StripeError
from sandbox.stripe.lists import listed
from sandbox.stripe.side import Side

MAX_DEPTH = 4


def expand(side: Side, body: Any, paths: list[str]) -> Any:
    """Return a copy of an answer with everything expanded that was asked for. Raises StripeError."""
    shown = copy.deepcopy(body)
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH + (parts[0] == "data"):
            raise StripeError(f"You cannot expand more than {MAX_DEPTH} levels of a property. Property: {path}")
        _expand(side, shown, parts, path)
    return shown


def _expand(side: Side, inside: Any, parts: list[str], path: str) -> Any:
    """Expand below a value, which is changed in place; return what stands in its place from now on."""
    if isinstance(inside, str):
        found = side.find(inside)
        if found is None:
            raise _cannot(path)
        inside = copy.deepcopy(found)
    if isinstance(inside, list):
        return [_expand(side, item, parts, path) for item in inside]
    if inside is None:
        return None
    if not isinstance(inside, dict) or inside.get("object") == "event":
        raise _cannot(path)
    if not parts:
        return inside
    name, *rest = parts
    if name not in inside:
        make = _SHOWN_WHEN_ASKED.get((str(inside.get("object")), name))
        if make is None:
            raise _cannot(path)
        inside[name] = copy.deepcopy(make(side, inside))
    inside[name] = _expand(side, inside[name], rest, path)
    return inside


def _cannot(path: str) -> StripeError:
    return StripeError(f"This property cannot be expanded ({path}).", param="expand")


def _session_items(side: Side, session: Json) -> Json:
    return listed(side.aside(session)["line_items"], f"/v1/checkout/sessions/{session['id']}/line_items")


def _link_items(side: Side, link: Json) -> Json:
    return listed(side.aside(link)["line_items"], f"/v1/payment_links/{link['id']}/line_items")


def _charge_refunds(side: Side, charge: Json) -> Json:
    refunds = [refund for refund in side.all("refund") if refund["charge"] == charge["id"]]
    return listed(refunds[:10], f"/v1/charges/{charge['id']}/refunds", has_more=len(refunds) > 10)


def _customer_subscriptions(side: Side, customer: Json) -> Json:
    found = [item for item in side.all("subscription") if item["customer"] == customer["id"]]
    alive = [item for item in found if item["status"] != "canceled"]
    return listed(alive, f"/v1/customers/{customer['id']}/subscriptions")


def _invoice_payments(side: Side, invoice: Json) -> Json:
    payments = [item for item in side.all("invoice_payment") if item["invoice"] == invoice["id"]]
    return listed(payments, f"/v1/invoices/{invoice['id']}/payments")


_SHOWN_WHEN_ASKED: dict[tuple[str, str], Callable[[Side, Json], Json]] = {
    ("checkout.session", "line_items"): _session_items,
    ("payment_link", "line_items"): _link_items,
    ("charge", "refunds"): _charge_refunds,
    ("customer", "subscriptions"): _customer_subscriptions,
    ("invoice", "payments"): _invoice_payments,
}
