"""`Stripe-Signature`: how a receiver knows that an event comes from Stripe and is fresh."""

from __future__ import annotations

import hashlib
import hmac


def signature_header(payload: bytes, secret: str, moment: int) -> str:
    """Return `t=…,v1=…` over a body as it is sent. https://docs.stripe.com/webhooks#verify-manually"""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
