"""Mini Apps: pages of a bot that open inside Telegram, which tells them, signed, who is looking."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from urllib.parse import urlencode

from sandbox.telegram.model import Bot, Json, Person

VERSION = "9.1"
"""Of Mini Apps, as an app says which it can show."""


def launch_url(address: str, bot: Bot, person: Person, now: float) -> str:
    """Return the address an app opens: the page's own, and behind the # what only the page itself gets to see."""
    facts = {
        "tgWebAppData": init_data(bot, person, now),
        "tgWebAppVersion": VERSION,
        "tgWebAppPlatform": "weba",
        "tgWebAppThemeParams": "{}",
    }
    return f"{address}{'&' if '#' in address else '#'}{urlencode(facts)}"


def init_data(bot: Bot, person: Person, now: float) -> str:
    """Return who opened the Mini App, as a query string with its hash.

    https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app. `signature`, which is Telegram's
    own for third parties, is there as in life and is not genuine: nobody but Telegram could make it.
    """
    user: Json = {name: value for name, value in person.user().items() if name != "is_bot"}
    fields = {
        "query_id": secrets.token_urlsafe(16),
        "user": json.dumps(user | {"allows_write_to_pm": True}, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(now)),
        "signature": secrets.token_urlsafe(64),
    }
    listed = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", bot.token.encode(), hashlib.sha256)
    return urlencode(fields | {"hash": hmac.new(key, listed.encode(), hashlib.sha256).hexdigest()})
