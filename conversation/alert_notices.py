"""What owners are told when the machine needs them: what happened, and what to do."""

from __future__ import annotations

from typing import Any, Final

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.notices import Notice
from conversation.view import View, button, lines, rows, theirs
from conversation.wording import maker
from services.alerts import Alert
from services.desk import Services
from storage.tables import User

ABOUT_SHOWN = 64


async def alert(_services: Services, _owner: User, payload: dict[str, Any]) -> View | None:
    words = _words().get(payload["alert"])
    if words is None:  # of a newer version of this program
        return None
    about = theirs(maker(payload["about"]), ABOUT_SHOWN)
    what, to_do = words
    jobs = button(_("🛠 How the work goes"), callbacks.AdminJobs())
    return View(lines(what.format(vendor=about), to_do.format(vendor=about)), rows([jobs]))


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
    }


NOTICES: Final[dict[str, Notice]] = {"alert": alert}
