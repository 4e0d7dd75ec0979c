"""News of what one's friends and shared projects brought."""

from __future__ import annotations

from typing import Any, Final

from conversation.i18n import gettext as _
from conversation.invite_views import vests_with
from conversation.notices import Notice
from conversation.view import View, lines, paragraphs
from conversation.wording import credits_
from services.desk import Services
from storage.tables import User


async def joined(_services: Services, _user: User, payload: dict[str, Any]) -> View:
    promise = vests_with(payload["rule"]).format(credits=credits_(payload["credits"]))
    return View(lines(_("👋 Somebody has just joined by your invitation!"), promise if payload["credits"] else None))


async def vested(services: Services, user: User, payload: dict[str, Any]) -> View:
    text = _("🎁 A friend you invited made a clip to keep, so here are {credits} for you. Thank you!")
    return await _with_balance(services, user, text, payload)


async def revoked(services: Services, user: User, payload: dict[str, Any]) -> View:
    text = _("↩️ The money of a friend you invited went back, and so did your {credits} for them.")
    return await _with_balance(services, user, text, payload)


async def share_credited(services: Services, user: User, payload: dict[str, Any]) -> View:
    text = _("✨ Somebody new came through a project you shared: {credits} for you.")
    return await _with_balance(services, user, text, payload)


async def _with_balance(services: Services, user: User, text: str, payload: dict[str, Any]) -> View:
    balance, owed = await services.wallet.balance(user.id), payload.get("owed", 0)
    debt = _("Spent already: {credits}. That is owed now, and the next credits you get pay it first.")
    have = _("You have <b>{credits}</b> now.").format(credits=credits_(balance.available))
    stand = lines(debt.format(credits=credits_(owed)) if owed else None, have)
    return View(paragraphs(text.format(credits=credits_(payload["credits"])), stand))


NOTICES: Final[dict[str, Notice]] = {
    "referral_joined": joined,
    "referral_vested": vested,
    "referral_revoked": revoked,
    "share_credited": share_credited,
}
