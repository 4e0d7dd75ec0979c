"""What Telegram tells a Mini App about who opened it, and whether it is Telegram that tells it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Final
from urllib.parse import parse_qsl

MAX_AGE_SECONDS: Final = 3600.0
"""To begin with. Whoever watches on has a pass of ours by then."""
MAX_AHEAD_SECONDS: Final = 60.0
"""Telegram's clock may be ahead of ours."""


class NotFromTelegram(ValueError):
    """It was not signed for our bot, was changed, is too old, or says nothing of a person."""


def viewer(init_data: str, *, token: str, now: float) -> int:
    """The Telegram id of the person who opened the Mini App; `token` is the bot's, `now` Unix time in seconds.

    The signature is HMAC-SHA256 over the other fields, decoded and sorted, under a key made from the bot's token
    (https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app). Raises NotFromTelegram.
    """
    fields = _fields(init_data)
    signed = fields.pop("hash", "")
    listed = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    genuine = hmac.new(secret, listed.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(genuine.encode(), signed.encode("utf-8", "surrogateescape")):
        raise NotFromTelegram("the signature is another one")
    _refuse_old(fields.get("auth_date", ""), now)
    return _person(fields.get("user", ""))


def _fields(init_data: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(init_data, keep_blank_values=True, strict_parsing=True, max_num_fields=50)
    except ValueError as error:
        raise NotFromTelegram("this is no query string") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotFromTelegram("a field comes twice")
    return fields


def _refuse_old(auth_date: str, now: float) -> None:
    if not (auth_date.isascii() and auth_date.isdecimal() and len(auth_date) <= 12):
        raise NotFromTelegram("it does not say when it was signed")
    if not -MAX_AHEAD_SECONDS <= now - int(auth_date) <= MAX_AGE_SECONDS:
        raise NotFromTelegram("it is too old")


def _person(user: str) -> int:
    try:
        said: Any = json.loads(user)
    except (ValueError, RecursionError) as error:
        raise NotFromTelegram("it names nobody") from error
    number = said.get("id") if isinstance(said, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**63:
        raise NotFromTelegram("it names nobody")
    return number
