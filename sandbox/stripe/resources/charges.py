"""Charges: what may be changed about one afterwards."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.call import Call, carries_out, unset_empty, with_metadata


@carries_out("POST /v1/charges/{charge}", "description metadata receipt_email")
def update_charge(call: Call) -> Json:
    """Change a charge's description, metadata or receipt address."""
    charge = call.side.get("charge", call.id, "charge", 404)
    values = unset_empty(call.given("description", "receipt_email"))
    return call.side.change(charge, "charge.updated", **values, metadata=with_metadata(charge, call.params))
