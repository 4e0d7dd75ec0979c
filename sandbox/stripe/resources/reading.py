"""Retrieving and listing, which is the same for every kind of object."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.store import Json
from sandbox.stripe.call import PAGING, Call, carries_out
from sandbox.stripe.lists import matching, page

Filter = Callable[[Call, list[Json]], list[Json]]
_ONE = {
    "/v1/balance_transactions/{id}": "balance_transaction",
    "/v1/charges/{charge}": "charge",
    "/v1/checkout/sessions/{session}": "checkout.session",
    "/v1/customers/{customer}": "customer",
    "/v1/disputes/{dispute}": "dispute",
    "/v1/events/{id}": "event",
    "/v1/invoice_payments/{invoice_payment}": "invoice_payment",
    "/v1/invoices/{invoice}": "invoice",
    "/v1/payment_intents/{intent}": "payment_intent",
    "/v1/payment_links/{payment_link}": "payment_link",
    "/v1/prices/{price}": "price",
    "/v1/products/{id}": "product",
    "/v1/refunds/{refund}": "refund",
    "/v1/subscriptions/{subscription_exposed_id}": "subscription",
    "/v1/webhook_endpoints/{webhook_endpoint}": "webhook_endpoint",
}
# Of each list: the kind it holds, and the parameters that name a field and its value.
_MANY = {
    "/v1/charges": ("charge", "customer payment_intent"),
    "/v1/checkout/sessions": ("checkout.session", "customer payment_intent payment_link status subscription"),
    "/v1/customers": ("customer", "email"),
    "/v1/disputes": ("dispute", "charge payment_intent"),
    "/v1/events": ("event", "type"),
    "/v1/invoice_payments": ("invoice_payment", "invoice status"),
    "/v1/invoices": ("invoice", "customer status"),
    "/v1/payment_intents": ("payment_intent", "customer"),
    "/v1/payment_links": ("payment_link", "active"),
    "/v1/prices": ("price", "active currency product type"),
    "/v1/products": ("product", "active"),
    "/v1/refunds": ("refund", "charge payment_intent"),
    "/v1/subscriptions": ("subscription", "customer"),
    "/v1/webhook_endpoints": ("webhook_endpoint", ""),
}


def _events(call: Call, events: list[Json]) -> list[Json]:
    if (types := call.params.get("types")) is not None:
        events = [event for event in events if event["type"] in types]
    if (confirmed := call.params.get("delivery_success")) is not None:
        events = [event for event in events if (event["pending_webhooks"] == 0) == confirmed]
    return events


def _invoice_payments(call: Call, payments: list[Json]) -> list[Json]:
    asked = call.params.get("payment", {})
    return [one for one in payments if all(one["payment"].get(name) == value for name, value in asked.items())]


def _invoices(call: Call, invoices: list[Json]) -> list[Json]:
    wanted = call.params.get("subscription")
    return [one for one in invoices if wanted in (None, one["parent"]["subscription_details"]["subscription"])]


def _prices(call: Call, prices: list[Json]) -> list[Json]:
    keys = call.params.get("lookup_keys")
    return [price for price in prices if keys is None or price["lookup_key"] in keys]


def _products(call: Call, products: list[Json]) -> list[Json]:
    ids = call.params.get("ids")
    return [product for product in products if ids is None or product["id"] in ids]


def _sessions(call: Call, sessions: list[Json]) -> list[Json]:
    wanted = call.params.get("customer_details", {}).get("email")
    return [one for one in sessions if wanted in (None, (one["customer_details"] or {}).get("email"))]


def _subscriptions(call: Call, subscriptions: list[Json]) -> list[Json]:
    status, price = call.params.get("status"), call.params.get("price")
    if status is None:
        subscriptions = [one for one in subscriptions if one["status"] != "canceled"]
    elif status not in ("all", "ended"):
        subscriptions = [one for one in subscriptions if one["status"] == status]
    elif status == "ended":
        subscriptions = [one for one in subscriptions if one["ended_at"] is not None]
    return [one for one in subscriptions if price in (None, one["items"]["data"][0]["price"]["id"])]


# What some lists can be asked besides: parameters, and how they choose.
_MORE: dict[str, tuple[str, Filter]] = {
    "/v1/checkout/sessions": ("customer_details", _sessions),
    "/v1/events": ("delivery_success types", _events),
    "/v1/invoice_payments": ("payment", _invoice_payments),
    "/v1/invoices": ("subscription", _invoices),
    "/v1/prices": ("lookup_keys", _prices),
    "/v1/products": ("ids", _products),
    "/v1/subscriptions": ("price status", _subscriptions),
}


def _retrieve(path: str, kind: str) -> None:
    param = path.rpartition("{")[2].rstrip("}").replace("subscription_exposed_id", "id")

    def retrieve(call: Call) -> Json:
        found = call.side.find(call.id)
        if found and found["object"] == kind and "deleted" in found:
            return found
        return call.side.get(kind, call.id, param, 404)

    carries_out(f"GET {path}")(retrieve)


def _list(path: str, kind: str, names: str) -> None:
    more, choose = _MORE.get(path, ("", None))

    def find(call: Call) -> Json:
        found = matching(call, call.side.all(kind), *names.split())
        return page(call, choose(call, found) if choose else found, path)

    carries_out(f"GET {path}", f"{PAGING} {names} {more} created")(find)


for _path, _kind in _ONE.items():
    _retrieve(_path, _kind)
for _path, (_kind, _names) in _MANY.items():
    _list(_path, _kind, _names)
