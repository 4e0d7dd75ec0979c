"""Reading a call: parameters come in the query string and, for anything but GET, in a form."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.stripe.errors import StripeError

_FORM = "application/x-www-form-urlencoded"


async def read_pairs(request: web.Request) -> list[tuple[str, str]]:
    """Return names and values in the order they came. Raises StripeError for a body that is no form."""
    pairs = list(request.rel_url.query.items())
    body = await request.read()
    if not body:
        return pairs
    if request.content_type != _FORM:
        raise StripeError(
            f"Invalid request (check that your POST content type is {_FORM}). If you have any questions, we can help"
            " at https://support.stripe.com/."
        )
    try:
        return pairs + parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise StripeError("Invalid request: the body is not a form in UTF-8.") from None
