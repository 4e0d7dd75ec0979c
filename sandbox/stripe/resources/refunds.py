"""Refunds by payment intent or charge."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.refunds import refund
from sandbox.stripe.call import Call, carries_out, new_metadata, with_metadata
from sandbox.stripe.errors import StripeError


@carries_out("POST /v1/refunds", "amount charge metadata payment_intent reason")
def create_refund(call: Call) -> Json:
    """Give money back."""
    params = call.params
    return refund(call.side, _charge(call), params.get("amount"), params.get("reason"), new_metadata(params))


@carries_out("POST /v1/refunds/{refund}", "metadata")
def update_refund(call: Call) -> Json:
    """Change a refund's metadata."""
    made = call.side.get("refund", call.id, "refund", 404)
    return call.side.change(made, "refund.updated", metadata=with_metadata(made, call.params))


def _charge(call: Call) -> Json:
    params, side = call.params, call.side
    if "charge" not in params and "payment_intent" not in params:
        raise StripeError("One of the following params should be provided for this request: payment_intent or charge.")
    if "payment_intent" not in params:
        return side.get("charge", params["charge"], "charge")
    intent = side.get("payment_intent", params["payment_intent"], "payment_intent")
    charge = side.find(intent["latest_charge"])
    if intent["status"] != "succeeded" or charge is None:
        raise StripeError(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    if params.get("charge", charge["id"]) != charge["id"]:
        raise StripeError("The charge does not belong to the payment intent.", param="charge")
    return charge
