"""Ids as Stripe forms them: a prefix for the kind, then letters and digits."""

from __future__ import annotations

import secrets
import string

_LETTERS = string.ascii_letters + string.digits
_FORMS = {
    "balance_transaction": ("txn_3", 23),
    "charge": ("ch_3", 23),
    "customer": ("cus_", 14),
    "dispute": ("du_1", 23),
    "event": ("evt_1", 23),
    "invoice": ("in_1", 23),
    "invoice_payment": ("inpay_1", 23),
    "item": ("li_1", 23),
    "line_item": ("il_1", 23),
    "payment_intent": ("pi_3", 23),
    "payment_link": ("plink_1", 23),
    "payment_method": ("pm_1", 23),
    "price": ("price_1", 23),
    "product": ("prod_", 14),
    "refund": ("re_3", 23),
    "request": ("req_", 14),
    "subscription": ("sub_1", 23),
    "subscription_item": ("si_", 14),
    "webhook_endpoint": ("we_1", 23),
    "secret": ("whsec_", 32),
}


def new_id(kind: str, *, livemode: bool = False) -> str:
    """Return a new id; sessions, whose ids say their mode, are 66 characters long as Stripe's are."""
    if kind == "checkout.session":
        return f"cs_{'live' if livemode else 'test'}_a1{scramble(56)}"
    prefix, length = _FORMS[kind]
    return prefix + scramble(length)


def scramble(length: int) -> str:
    """Return so many random letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
