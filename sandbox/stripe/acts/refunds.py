"""Refunds: money that goes back, all of it or part."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.charges import transact
from sandbox.stripe.errors import StripeError
from sandbox.stripe.money import shown
from sandbox.stripe.side import Side

FAILURES = ("expired_or_canceled_card", "lost_or_stolen_card", "declined", "unknown")


def refund(
    side: Side, charge: Json, amount: int | None, reason: str | None, metadata: Json, *, pending: bool | None = None
) -> Json:
    """Give back an amount of a charge, all that is left of it by default.

    Cards are refunded at once, bank debits stay pending until they are settled, unless `pending` says otherwise.
    Raises StripeError when there is not so much to give back.
    """
    given = _amount(charge, amount)
    by_card = charge["payment_method_details"]["type"] == "card"
    is_pending = not by_card if pending is None else pending
    kind = "card" if by_card else "us_bank_transfer"
    details: Json = {"type": kind, kind: {"type": "refund"} if by_card else {"reference": None}}
    facts: Json = {"amount": given, "currency": charge["currency"], "charge": charge["id"], "reason": reason}
    facts |= {"payment_intent": charge["payment_intent"], "metadata": metadata, "destination_details": details}
    facts |= {"status": "pending", "pending_reason": "processing"} if is_pending else {"status": "succeeded"}
    made = side.make("refund", facts)
    side.change(made, None, balance_transaction=transact(side, "refund", -given, made)["id"])
    refunded = charge["amount_refunded"] + given
    side.change(charge, None, amount_refunded=refunded, refunded=refunded == charge["amount"])
    side.emit("refund.created", made)
    side.emit("charge.refunded", charge)
    return made


def settle_refund(side: Side, made: Json, *, succeeds: bool, reason: str = "declined") -> None:
    """Let a refund arrive, or come back: also one that had succeeded can fail later.

    Raises ValueError when it has failed already.
    """
    if made["status"] == "failed" or (succeeds and made["status"] == "succeeded"):
        raise ValueError(f"the refund has {made['status']} already")
    made.pop("pending_reason", None)
    before = {"status": made["status"]}
    side.change(made, None, status="succeeded" if succeeds else "failed")
    if not succeeds:
        booked = transact(side, "refund_failure", made["amount"], made)
        side.change(made, None, failure_reason=reason, failure_balance_transaction=booked["id"])
        charge = side.record(made["charge"]).body
        side.change(charge, None, amount_refunded=charge["amount_refunded"] - made["amount"], refunded=False)
    for event in ("refund.updated", "charge.refund.updated") if succeeds else ("refund.failed", "refund.updated"):
        side.emit(event, made, None if event == "refund.failed" else before)


def refundable(charge: Json) -> int:
    """Return what is left of a charge, in the smallest unit of its currency."""
    return int(charge["amount"] - charge["amount_refunded"])


def _amount(charge: Json, amount: int | None) -> int:
    left, currency = refundable(charge), charge["currency"]
    if charge["status"] != "succeeded":
        raise StripeError(f"Charge {charge['id']} has not succeeded and cannot be refunded.", param="charge")
    if charge["disputed"]:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(message, code="charge_disputed")
    if left == 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is None:
        return left
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise StripeError(message, code="parameter_invalid_integer", param="amount")
    if amount > left:
        message = f"Refund amount ({shown(amount, currency)}) is greater than"
        part = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise StripeError(f"{message} {part} ({shown(left, currency)})", param="amount")
    return amount
