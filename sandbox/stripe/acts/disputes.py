"""Disputes: buyers who ask their bank for the money back."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.charges import transact
from sandbox.stripe.schema.description import blank
from sandbox.stripe.side import Side

REASONS = (
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)
FEE = 1500  # what Stripe asks for a dispute, in the smallest unit; its price in the United States
_WEEK = 7 * 24 * 3600
_WARNINGS = ("warning_needs_response", "warning_under_review")
_OPEN = ("needs_response", "under_review", *_WARNINGS)


def open_dispute(side: Side, charge: Json, reason: str, amount: int | None, *, inquiry: bool) -> Json:
    """Have the buyer's bank dispute a charge; an inquiry only asks, and takes no money yet.

    Raises ValueError when there is nothing to dispute.
    """
    if charge["status"] != "succeeded":
        raise ValueError("only a charge that succeeded can be disputed")
    if any(one["charge"] == charge["id"] and one["status"] in _OPEN for one in side.all("dispute")):
        raise ValueError("a dispute of this charge is open already")
    disputed = charge["amount"] if amount is None else amount
    if not 1 <= disputed <= charge["amount"]:
        raise ValueError("amount must be between 1 and the amount of the charge")
    details: Json = {"due_by": side.now + _WEEK, "has_evidence": False, "past_due": False, "submission_count": 0}
    by_card = {"brand": "visa", "case_type": "inquiry" if inquiry else "chargeback", "network_reason_code": "10.4"}
    facts: Json = {
        "amount": disputed,
        "balance_transactions": [],
        "charge": charge["id"],
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": blank("dispute_evidence") | {"enhanced_evidence": {}},
        "evidence_details": details | {"enhanced_eligibility": {}},
        "is_charge_refundable": inquiry,
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"type": "card", "card": by_card},
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    dispute = side.make("dispute", facts)
    if not inquiry:
        side.change(charge, None, disputed=True)
    side.emit("charge.dispute.created", dispute)
    if not inquiry:
        _move(side, dispute, "withdrawn")
    return dispute


def escalate(side: Side, dispute: Json) -> None:
    """Turn an inquiry into a dispute proper. Raises ValueError when it is none."""
    if dispute["status"] not in _WARNINGS:
        raise ValueError("only an inquiry can be escalated")
    side.change(side.record(dispute["charge"]).body, None, disputed=True)
    side.change(dispute, "charge.dispute.updated", status="needs_response", is_charge_refundable=False)
    _move(side, dispute, "withdrawn")


def submit_evidence(side: Side, dispute: Json) -> None:
    """Hand the evidence to the bank, which looks at it."""
    details = dispute["evidence_details"] | {"submission_count": dispute["evidence_details"]["submission_count"] + 1}
    waiting = "warning_under_review" if dispute["status"] in _WARNINGS else "under_review"
    side.change(dispute, "charge.dispute.updated", status=waiting, evidence_details=details)


def close(side: Side, dispute: Json, outcome: str) -> None:
    """Let the bank decide: `won` gives the money back, `lost` keeps it; an inquiry ends as `warning_closed`.

    Raises ValueError when the outcome does not fit the dispute.
    """
    inquiry = dispute["status"] in _WARNINGS
    if dispute["status"] not in _OPEN:
        raise ValueError(f"the dispute is {dispute['status']} already")
    if inquiry != (outcome == "warning_closed"):
        raise ValueError("an inquiry ends as warning_closed, a dispute is won or lost")
    side.change(dispute, None, status=outcome)
    side.emit("charge.dispute.closed", dispute)
    if outcome == "won":
        _move(side, dispute, "reinstated")


def reverse(side: Side, dispute: Json) -> None:
    """Let the bank give back what was lost. Raises ValueError when it was not."""
    if dispute["status"] != "lost":
        raise ValueError("only a lost dispute can be reversed")
    side.change(dispute, "charge.dispute.updated", status="won")
    _move(side, dispute, "reinstated")


def _move(side: Side, dispute: Json, how: str) -> None:
    withdrawn = how == "withdrawn"
    amount, kind = (-dispute["amount"], "dispute") if withdrawn else (dispute["amount"], "dispute_reversal")
    booked = transact(side, kind, amount, dispute, FEE if withdrawn else 0)
    dispute["balance_transactions"].append(dict(booked))
    side.save(dispute)
    side.emit(f"charge.dispute.funds_{how}", dispute)
