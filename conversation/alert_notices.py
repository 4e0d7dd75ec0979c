"""What owners are told when the machine needs them: what happened, and what to do."""

from __future__ import annotations

from typing import Any, Final

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.notices import Notice
from conversation.view import Button, View, button, lines, rows, theirs
from conversation.wording import maker
from services.alerts import Alert
from services.desk import Services
from storage.tables import User

ABOUT_SHOWN = 64


async def alert(_services: Services, _owner: User, payload: dict[str, Any]) -> View | None:
    words = _words().get(payload["alert"])
    if words is None:  # of a newer version of this program
        return None
    facts = {"vendor": theirs(maker(payload["about"]), ABOUT_SHOWN), "count": payload.get("detail")}
    what, to_do = words
    return View(lines(what.format(**facts), to_do.format(**facts)), rows([_where(payload["alert"])]))


def _where(kind: str) -> Button:
    """Where to go on from there."""
    if kind in ("mended", "webhook_silent", "signatures_fail"):
        return button(_("💸 Payments"), callbacks.AdminPlace(to="payments"))
    return button(_("🛠 How the work goes"), callbacks.AdminPlace(to="jobs"))


def _words() -> dict[Alert, tuple[str, str]]:
    """What happened, and what to do about it."""
    return {
        "vendor_out_of_credit": (
            _("💳 <b>{vendor} refuses work: our credit there is used up.</b>"),
            _("Please top it up. Until then the work goes to the next vendor, where there is one."),
        ),
        "vendor_resting": (
            _("🩹 <b>{vendor} keeps failing and is left alone for a while.</b>"),
            _("It is tried again by itself. If this comes again, see its status page and our key there."),
        ),
        "checks_fail": (
            _("👀 <b>Photos and words cannot be checked, so nobody can order a clip.</b>"),
            _("See our key, credit and model at OpenRouter. Without its key in the settings nothing is checked."),
        ),
        "queue_old": (
            _("🐌 <b>A job has been waiting for {count} minutes past its turn.</b>"),
            _("Are the workers running, and enough of them? Their log says what they do."),
        ),
        "dead_letters": (
            _("🧯 <b>Failed within the last hour, through no fault of the person: {count}.</b>"),
            _("Their credits are back. /jobs shows why, and has them done over."),
        ),
        "mended": (
            _("🩹 <b>{vendor}'s own list had what nobody told us of: {count}.</b>"),
            _("It is put right, and whom it concerns was told. If this comes again, see the log of the web process."),
        ),
        "webhook_silent": (
            _("🔕 <b>Stripe's webhook did not reach us; its list told us of what was missing: {count}.</b>"),
            _("It is put right. See the webhook in Stripe's Dashboard: its address, and what it says of deliveries."),
        ),
        "signatures_fail": (
            _("🔏 <b>A call to our Stripe webhook was not signed by Stripe.</b>"),
            _("If payments arrive late, STRIPE_WEBHOOK_SECRET is not that webhook's. If not, somebody tries it on."),
        ),
        "disk_full": (
            _("💾 <b>The disk under {vendor} is nearly full: {count} MB are left.</b>"),
            _("Make room or move it to a larger one: without room nothing can be made or stored."),
        ),
    }


NOTICES: Final[dict[str, Notice]] = {"alert": alert}
