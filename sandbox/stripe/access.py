"""Keys and versions: who may call, and in which mode."""

from __future__ import annotations

import base64
import binascii
import re

from sandbox.stripe.errors import StripeError

_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]+")
_VERSION = re.compile(r"20\d\d-\d\d-\d\d(\.[a-z]+)?")


def authenticate(header: str | None) -> bool:
    """Return whether a key is of live mode. Any secret or restricted key of the right form will do.

    Raises StripeError 401.
    """
    key = _key(header or "")
    if not key:
        raise StripeError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for"
            " details, or we can help at https://support.stripe.com/.",
            status=401,
        )
    if key.startswith("pk_"):
        message = "This API call cannot be made with a publishable API key. Please use a secret API key."
        raise StripeError(message, status=401, code="secret_key_required")
    match = _KEY.fullmatch(key)
    if match is None:
        raise StripeError(f"Invalid API Key provided: {_veiled(key)}", status=401)
    return match[1] == "live"


def check_version(version: str | None) -> None:
    """Refuse what is no version of the API."""
    if version is not None and not _VERSION.fullmatch(version):
        raise StripeError(f"Invalid Stripe API version: {version}")


def _key(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _veiled(key: str) -> str:
    return f"{key[:8]}{'*' * max(0, len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key)
