"""Whether a webhook's body comes from Stripe, and was signed just now."""

from __future__ import annotations

import json
import re
import time
from typing import Any, NoReturn

from stripe import SignatureVerificationError, WebhookSignature

from providers.payments import Forged

TOLERANCE_SECONDS = 300
SIGNED_AT = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")


def verified(body: bytes, header: str | None, secret: str) -> dict[str, Any]:
    """The event in a webhook's body. Raises Forged.

    The library refuses an empty secret and a stale signature, but lets one from the future pass: it would be good for
    a replay all that time.
    """
    try:
        WebhookSignature.verify_header(body, header, secret, TOLERANCE_SECONDS)
        event = json.loads(body, parse_constant=_refused)
    except (SignatureVerificationError, ValueError, TypeError, RecursionError) as error:
        # TypeError: a header that is no ASCII. Without the cause: it holds the body, and its traceback the secret.
        raise Forged(type(error).__name__) from None
    signed_at = SIGNED_AT.search(header or "")
    if signed_at is None or int(signed_at[1]) > time.time() + TOLERANCE_SECONDS:
        raise Forged("signed in the future")
    if not isinstance(event, dict) or event.get("object") != "event":
        raise Forged("not an event")
    if not (isinstance(event.get("id"), str) and 0 < len(event["id"]) <= 120):
        raise Forged("an event without an id")
    return event


def _refused(constant: str) -> NoReturn:
    # NaN and the infinities are no JSON; PostgreSQL would refuse to store them.
    raise ValueError(constant)
