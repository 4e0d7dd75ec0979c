"""Payment intents and their charges: money asked for, and how that went."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.ids import new_id, scramble
from sandbox.stripe.money import fee
from sandbox.stripe.schema.description import blank
from sandbox.stripe.side import Side

GOOD_CARD, DECLINED_CARD = "4242424242424242", "4000000000000002"


def make_intent(side: Side, amount: int, currency: str, **facts: object) -> Json:
    """Make a payment intent that waits for a way to pay."""
    intent = side.form(
        "payment_intent",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        capture_method="automatic_async",
        confirmation_method="automatic",
        currency=currency,
        payment_method_options={},
        payment_method_types=["card"],
        status="requires_payment_method",
    )
    intent |= {"client_secret": f"{intent['id']}_secret_{scramble(24)}"} | facts
    side.account.objects.add(side.livemode, intent)
    side.emit("payment_intent.created", intent)
    return intent


def charge_card(side: Side, intent: Json, email: str) -> Json:
    """Charge a good card: the money is there at once."""
    charge = _charge(side, intent, email, "succeeded", _card("4242"))
    _succeed(side, intent, charge)
    return charge


def decline_card(side: Side, intent: Json, email: str, message: str = "Your card was declined.") -> Json:
    """Charge a card whose bank says no."""
    charge = _charge(side, intent, email, "failed", _card("0002"))
    _fail(side, intent, charge, "card_declined", message)
    return charge


def debit_bank(side: Side, intent: Json, email: str) -> Json:
    """Ask a bank for money that it will send, or refuse, some days later."""
    details = blank("payment_method_details_us_bank_account")
    details |= {"account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK"}
    details |= {"last4": "6789", "routing_number": "110000000"}
    method = {"type": "us_bank_account", "us_bank_account": details}
    charge = _charge(side, intent, email, "pending", method)
    side.emit("charge.pending", charge)
    values: Json = {"payment_method_types": ["card", "us_bank_account"], "payment_method": charge["payment_method"]}
    side.change(intent, None, status="processing", latest_charge=charge["id"], **values)
    side.emit("payment_intent.processing", intent)
    return charge


def settle_debit(side: Side, intent: Json, charge: Json, *, succeeds: bool) -> None:
    """Let the bank's answer arrive."""
    if succeeds:
        side.change(charge, None, status="succeeded", outcome=_outcome("succeeded"))
        _succeed(side, intent, charge)
    else:
        side.change(charge, None, status="failed", outcome=_outcome("failed"))
        _fail(side, intent, charge, "insufficient_funds", "The bank account has insufficient funds.")


def transact(side: Side, kind: str, amount: int, source: Json, fee_amount: int = 0, **facts: object) -> Json:
    """Book an amount, negative for money that leaves, on the account's balance."""
    details = {"amount": fee_amount, "application": None, "currency": source["currency"]}
    details |= {"description": "Stripe processing fees", "type": "stripe_fee"}
    booked: Json = {
        "amount": amount,
        "available_on": side.now,
        "balance_type": "payments",
        "currency": source["currency"],
        "fee": fee_amount,
        "fee_details": [details] if fee_amount else [],
        "net": amount - fee_amount,
        "reporting_category": kind,
        "source": source["id"],
        "status": "available",
        "type": "adjustment" if kind.startswith("dispute") else kind,
    }
    return side.make("balance_transaction", booked | facts)


def _succeed(side: Side, intent: Json, charge: Json) -> None:
    values: Json = {"paid": True, "captured": True, "amount_captured": charge["amount"]}
    side.change(charge, None, **values, receipt_url=f"{side.root}/receipts/{charge['id']}")
    side.emit("charge.succeeded", charge)
    values = {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
    side.change(intent, None, **values, payment_method=charge["payment_method"], last_payment_error=None)
    side.emit("payment_intent.succeeded", intent)


def book(side: Side, charge: Json) -> None:
    """Book a successful charge, which Stripe does a moment later than it tells of the payment."""
    booked = transact(side, "charge", charge["amount"], charge, fee(charge["amount"]))
    side.change(charge, "charge.updated", balance_transaction=booked["id"])


def _fail(side: Side, intent: Json, charge: Json, code: str, message: str) -> None:
    side.change(charge, None, failure_code=code, failure_message=message, paid=False, captured=False)
    side.emit("charge.failed", charge)
    error: Json = {"type": "card_error", "code": code, "message": message, "charge": charge["id"]}
    if code == "card_declined":
        error["decline_code"] = "generic_decline"
    error["payment_method_type"] = charge["payment_method_details"]["type"]
    values: Json = {"status": "requires_payment_method", "last_payment_error": error}
    side.change(intent, None, **values, latest_charge=charge["id"], payment_method=None)
    side.emit("payment_intent.payment_failed", intent)


def _charge(side: Side, intent: Json, email: str, status: str, method: Json) -> Json:
    address = blank("address") | {"country": "US", "postal_code": "94107"}
    facts: Json = {
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": {"address": address, "email": email, "name": "Sandbox Buyer", "phone": None, "tax_id": None},
        "calculated_statement_descriptor": "SANDBOX",
        "captured": False,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "metadata": dict(intent["metadata"]),
        "outcome": _outcome(status),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": new_id("payment_method"),
        "payment_method_details": method,
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": status,
    }
    return side.make("charge", facts)


def _outcome(status: str) -> Json:
    declined = status == "failed"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": "02" if declined else None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details." if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _card(last4: str) -> Json:
    details = blank("payment_method_details_card") | {"brand": "visa", "country": "US", "funding": "credit"}
    details |= {"exp_month": 12, "exp_year": 2034, "last4": last4, "network": "visa", "fingerprint": f"sandbox{last4}"}
    details["checks"] = {"address_line1_check": None, "address_postal_code_check": "pass", "cvc_check": "pass"}
    return {"type": "card", "card": details}
