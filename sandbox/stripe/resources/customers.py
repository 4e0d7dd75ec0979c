"""Customers: buyers who are known by more than one payment."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts import subscriptions
from sandbox.stripe.call import Call, carries_out, new_metadata, unset_empty, with_metadata
from sandbox.stripe.ids import scramble

_FIELDS = ("address", "description", "email", "name", "phone")


@carries_out("POST /v1/customers", f"metadata {' '.join(_FIELDS)}")
def create_customer(call: Call) -> Json:
    """Make a customer."""
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    facts: Json = {"balance": 0, "delinquent": False, "invoice_prefix": scramble(8).upper(), "tax_exempt": "none"}
    facts |= {"invoice_settings": settings, "next_invoice_sequence": 1, "preferred_locales": []}
    facts |= unset_empty(call.given(*_FIELDS)) | {"metadata": new_metadata(call.params)}
    customer = call.side.make("customer", facts)
    call.side.emit("customer.created", customer)
    return customer


@carries_out("POST /v1/customers/{customer}", f"metadata {' '.join(_FIELDS)}")
def update_customer(call: Call) -> Json:
    """Change a customer."""
    customer = call.side.get("customer", call.id, "customer", 404)
    values = unset_empty(call.given(*_FIELDS))
    return call.side.change(customer, "customer.updated", **values, metadata=with_metadata(customer, call.params))


@carries_out("DELETE /v1/customers/{customer}")
def delete_customer(call: Call) -> Json:
    """Delete a customer, whose subscriptions end at once."""
    side = call.side
    customer = side.get("customer", call.id, "customer", 404)
    for subscription in side.all("subscription"):
        if subscription["customer"] == customer["id"] and subscription["status"] != "canceled":
            subscriptions.end(side, subscription)
    side.emit("customer.deleted", customer)
    record = side.record(customer["id"])
    record.body = {"id": customer["id"], "object": "customer", "deleted": True}  # what named it goes on naming it
    side.account.objects.save(record)
    return record.body
