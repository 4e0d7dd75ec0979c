"""Checkout sessions, which are begun by buyers and only looked at, or ended, by calls."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.sessions import expire
from sandbox.stripe.call import PAGING, Call, carries_out
from sandbox.stripe.errors import StripeError
from sandbox.stripe.lists import page


@carries_out("POST /v1/checkout/sessions/{session}/expire")
def expire_session(call: Call) -> Json:
    """End a session nobody has paid for yet."""
    session = call.side.get("checkout.session", call.id, "session", 404)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
        )
        raise StripeError(f"{message} `{session['status']}`.")
    return expire(call.side, session)


@carries_out("GET /v1/checkout/sessions/{session}/line_items", PAGING)
def list_items(call: Call) -> Json:
    """List what was bought."""
    session = call.side.get("checkout.session", call.id, "session", 404)
    return page(call, call.side.aside(session)["line_items"], f"/v1/checkout/sessions/{session['id']}/line_items")
