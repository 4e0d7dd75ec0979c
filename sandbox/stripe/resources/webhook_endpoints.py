"""Webhook endpoints: where events are sent. The secret is shown once, when the endpoint is made."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.call import Call, carries_out, new_metadata, unset_empty, with_metadata
from sandbox.stripe.delivery.address import check_address
from sandbox.stripe.errors import StripeError
from sandbox.stripe.ids import new_id

MAX_ENDPOINTS = 16


@carries_out("POST /v1/webhook_endpoints", "api_version description enabled_events metadata url")
def create_endpoint(call: Call) -> Json:
    """Make an endpoint."""
    check_address(call.params["url"])
    _check_events(call.params)
    if len(call.side.all("webhook_endpoint")) >= MAX_ENDPOINTS:
        raise StripeError(f"You have reached the maximum of {MAX_ENDPOINTS} test webhook endpoints.")
    facts = unset_empty(call.given("api_version", "description", "enabled_events", "url"))
    facts |= {"metadata": new_metadata(call.params), "status": "enabled"}
    secret = new_id("secret")
    return call.side.make("webhook_endpoint", facts, secret=secret) | {"secret": secret}


@carries_out("POST /v1/webhook_endpoints/{webhook_endpoint}", "description disabled enabled_events metadata url")
def update_endpoint(call: Call) -> Json:
    """Change an endpoint, or switch it off and on."""
    endpoint = call.side.get("webhook_endpoint", call.id, "webhook_endpoint", 404)
    if "url" in call.params:
        check_address(call.params["url"])
    _check_events(call.params)
    values = unset_empty(call.given("description", "enabled_events", "url"))
    if "disabled" in call.params:
        values["status"] = "disabled" if call.params["disabled"] else "enabled"
        if call.params["disabled"]:
            call.side.account.deliveries.drop_endpoint(endpoint["id"])
    return call.side.change(endpoint, None, **values, metadata=with_metadata(endpoint, call.params))


@carries_out("DELETE /v1/webhook_endpoints/{webhook_endpoint}")
def delete_endpoint(call: Call) -> Json:
    """Delete an endpoint; what was not sent to it yet is dropped."""
    account = call.side.account
    endpoint = call.side.get("webhook_endpoint", call.id, "webhook_endpoint", 404)
    account.deliveries.drop_endpoint(endpoint["id"])
    account.objects.remove(call.side.record(endpoint["id"]))
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def _check_events(params: Json) -> None:
    if params.get("enabled_events") == []:
        raise StripeError("Invalid enabled_events: must not be empty", param="enabled_events")
