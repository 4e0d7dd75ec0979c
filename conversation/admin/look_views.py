"""What looking at the vendors' own lists of payments has mended."""

from __future__ import annotations

from typing import Final

from conversation import callbacks
from conversation.admin.moments import moment
from conversation.callbacks.admin_reports import OpenLooks, WantLook
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import Button, View, button, lines, paragraphs, rows, theirs
from services.payments.facts import STARS, STRIPE
from services.payments.looks import PAGE, Looked, LooksPage, Mended

LINE = 160
NAMES: Final[dict[str, str]] = {STARS: "Telegram Stars", STRIPE: "Stripe"}


def looks_view(shown: LooksPage) -> View:
    about = _("Telegram's and Stripe's own lists are compared with ours; what was missing here is put right.")
    found = lines(_("<b>Put right lately</b>"), *map(_line, shown.mended)) if shown.mended else _("All was in order.")
    now = button(_("🔁 Look now"), WantLook())
    places = [
        button(_("💸 Payments"), callbacks.AdminPlace(to="payments")),
        button(_("📮 Reports"), callbacks.AdminPlace(to="reports")),
    ]
    text = paragraphs(_("🔁 <b>Reconciliation</b>"), about, lines(*map(_standing, shown.rails)), found)
    return View(text, rows([now], _pager(shown), places))


def _standing(one: Looked) -> str:
    said = _("never looked at")
    if one.last is not None:
        seen = ngettext("looked at {when}, {count} entry", "looked at {when}, {count} entries", one.last.looked_at)
        said = seen.format(when=moment(one.last.created_at), count=one.last.looked_at)
    on_its_way = _("a look is on its way") if one.wanted else None
    return " · ".join(filter(None, [f"<b>{NAMES[one.rail]}</b>", said, on_its_way]))


def _line(one: Mended) -> str:
    return f"{NAMES.get(one.rail, one.rail)} · {moment(one.at)}: {theirs(one.what, LINE)}"


def _pager(shown: LooksPage) -> list[Button]:
    newer = [button(_("‹ Newer"), OpenLooks(page=shown.page - 1))] if shown.page else []
    more = (shown.page + 1) * PAGE < shown.total
    return newer + ([button(_("Older ›"), OpenLooks(page=shown.page + 1))] if more else [])
