"""What staff did for somebody, or wrote to them, in that person's own chat."""

from __future__ import annotations

from typing import Any, Final

from conversation.errors import sentence
from conversation.i18n import gettext as _
from conversation.notices import Notice
from conversation.view import View, lines, paragraphs, theirs
from conversation.wording import credits_
from services.desk import Services
from services.errors import Banned
from services.helping import MESSAGE_LIMIT
from storage.tables import User


async def adjusted(services: Services, user: User, payload: dict[str, Any]) -> View:
    amount = payload["amount"]
    given = _("🎁 The team gave you {credits}.")
    taken = _("💳 The team corrected your balance: {credits} less. Is that wrong? Write to us: /support")
    balance = await services.wallet.balance(user.id)
    now = _("💳 You have <b>{credits}</b>.").format(credits=credits_(balance.available))
    return View(lines((given if amount > 0 else taken).format(credits=credits_(abs(amount))), now))


async def from_team(_services: Services, _user: User, payload: dict[str, Any]) -> View:
    title = _("✉️ <b>From the team</b> {reference}").format(reference=payload["reference"])
    words = f"<blockquote>{in_lines(payload['text'])}</blockquote>"
    return View(paragraphs(title, words, _("To answer, write /support and the reference.")))


async def banned(services: Services, user: User, _payload: dict[str, Any]) -> View | None:
    if (await services.users.get(user.id)).banned_at is None:
        return None
    return View(sentence(Banned()))


def in_lines(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """A text of several lines, safe to show; each of at most `limit` UTF-16 units."""
    return "\n".join(theirs(line, limit) for line in text.splitlines())


NOTICES: Final[dict[str, Notice]] = {"adjusted": adjusted, "from_team": from_team, "banned": banned}
