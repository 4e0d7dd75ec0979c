"""Disputes, as the seller answers them; buyers begin them, and banks decide."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts import disputes
from sandbox.stripe.call import Call, carries_out, unset_empty, with_metadata
from sandbox.stripe.errors import NotPlayed, StripeError


@carries_out("POST /v1/disputes/{dispute}", "evidence metadata submit")
def update_dispute(call: Call) -> Json:
    """Write down evidence, and hand it to the bank unless `submit` is false."""
    dispute = _open(call)
    evidence = call.params.get("evidence")
    values: Json = {"metadata": with_metadata(dispute, call.params)}
    if evidence is not None:
        if "enhanced_evidence" in evidence:
            raise NotPlayed("The sandbox does not play enhanced evidence", "evidence[enhanced_evidence]")
        values["evidence"] = dispute["evidence"] | unset_empty(evidence)
        values["evidence_details"] = dispute["evidence_details"] | {"has_evidence": True}
    call.side.change(dispute, "charge.dispute.updated", **values)
    if evidence is not None and call.params.get("submit", True):
        disputes.submit_evidence(call.side, dispute)
    return dispute


@carries_out("POST /v1/disputes/{dispute}/close")
def accept_dispute(call: Call) -> Json:
    """Give up: the dispute is lost."""
    dispute = _open(call)
    inquiry = dispute["status"].startswith("warning")
    disputes.close(call.side, dispute, "warning_closed" if inquiry else "lost")
    return dispute


def _open(call: Call) -> Json:
    dispute = call.side.get("dispute", call.id, "dispute", 404)
    if dispute["status"] in ("won", "lost", "warning_closed"):
        raise StripeError("This dispute is already closed.")
    return dispute
