"""Finding a link, or the charge of a payment, by whatever somebody has at hand."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.stripe.account import Account
from sandbox.stripe.objects import Record


def find_link(account: Account, text: str) -> Record:
    """Return a payment link by its id or its address, whose query is ignored. Raises LookupError."""
    address = urlsplit(text).path.rstrip("/").rpartition("/")[2]
    for record in account.objects.of("payment_link"):
        if text == record.id or address in (record.id, record.aside["address"]):
            return record
    raise LookupError(f"there is no payment link {text}")


def find_charge(account: Account, text: str) -> Record:
    """Return a charge by its id, or the latest one of a payment intent, session, invoice or subscription.

    Raises LookupError.
    """
    record = account.objects.get(text)
    if record is not None and record.kind == "subscription":
        record = account.objects.get(record.body["latest_invoice"])
    if record is not None and record.kind == "invoice":
        payments = (one for one in account.objects.of("invoice_payment") if one.body["invoice"] == record.id)
        payment = next(payments, None)
        record = account.objects.get(payment.body["payment"]["payment_intent"]) if payment else None
    if record is not None and record.kind == "checkout.session":
        record = account.objects.get(record.aside.get("intent", ""))
    if record is not None and record.kind == "payment_intent":
        record = account.objects.get(record.body["latest_charge"] or "")
    if record is None or record.kind != "charge":
        raise LookupError(f"there is no charge of {text}")
    return record
