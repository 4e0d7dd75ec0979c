"""Where events may be sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.stripe.errors import NotPlayed, StripeError

_HERE = ("localhost", "127.0.0.1", "::1")


def check_address(url: str) -> None:
    """Refuse an address that is none, or that is not on this machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StripeError("Invalid URL: An explicit scheme (such as https) must be provided.", param="url")
    if parts.hostname not in _HERE:
        raise NotPlayed("The sandbox sends events only to this machine", "url")
