"""Subscriptions and invoices: looked at, changed a little, and ended."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts import subscriptions
from sandbox.stripe.call import PAGING, Call, carries_out, unset_empty, with_metadata
from sandbox.stripe.errors import StripeError
from sandbox.stripe.lists import page

_PATH = "/v1/subscriptions/{subscription_exposed_id}"


@carries_out(f"POST {_PATH}", "cancel_at_period_end cancellation_details description metadata")
def update_subscription(call: Call) -> Json:
    """Have a subscription end with its period or go on, and change what is written on it."""
    subscription = _alive(call)
    values = unset_empty(call.given("description")) | {"metadata": with_metadata(subscription, call.params)}
    if details := call.params.get("cancellation_details"):
        values["cancellation_details"] = subscription["cancellation_details"] | unset_empty(details)
    call.side.change(subscription, "customer.subscription.updated", **values)
    wanted = call.params.get("cancel_at_period_end")
    if wanted is not None and wanted != subscription["cancel_at_period_end"]:
        subscriptions.end_later(call.side, subscription, wanted=wanted)
    return subscription


@carries_out(f"DELETE {_PATH}", "cancellation_details")
def cancel_subscription(call: Call) -> Json:
    """End a subscription at once."""
    details = unset_empty(call.params.get("cancellation_details", {}))
    return subscriptions.end(call.side, _alive(call), details)


@carries_out("GET /v1/invoices/{invoice}/lines", PAGING)
def list_lines(call: Call) -> Json:
    """List what an invoice is for."""
    invoice = call.side.get("invoice", call.id, "invoice", 404)
    return page(call, invoice["lines"]["data"], f"/v1/invoices/{invoice['id']}/lines")


def _alive(call: Call) -> Json:
    subscription = call.side.get("subscription", call.id, "id", 404)
    if subscription["status"] == "canceled":
        raise StripeError(f"No such subscription: '{call.id}'", status=404, code="resource_missing", param="id")
    return subscription
