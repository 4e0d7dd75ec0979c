"""One vendor as staff sees it: how it does, what it has, and whether it is given anything new."""

from __future__ import annotations

from datetime import UTC, datetime

from conversation.admin.job_words import NAME_SHOWN, to_jobs, vendor_name
from conversation.admin.moments import moment
from conversation.callbacks.admin_jobs import OpenVendor, PauseVendor
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import View, button, lines, paragraphs, rows, theirs
from services.jobs.health import Condition
from services.jobs.sheets import VendorSheet
from services.staff.rights import Actor, Right


def condition(sheet: VendorSheet) -> str:
    """One line."""
    name, known = vendor_name(sheet.name), sheet.condition
    if sheet.paused:
        return _("⏸ {vendor}: given nothing new").format(vendor=name)
    if not sheet.active:
        return _("💤 {vendor}: not active, see /values").format(vendor=name)
    if known is not None and known.rests_until is not None and known.rests_until > datetime.now(UTC):
        until = moment(known.rests_until)
        return _("🩹 {vendor}: left alone until {time}, {problem}").format(
            vendor=name, time=until, problem=_problem(known)
        )
    if known is None or not known.doubtful:
        return _("✅ {vendor}: works").format(vendor=name)
    text = ngettext(
        "⚠️ {vendor}: failed {count} time in a row, {problem}",
        "⚠️ {vendor}: failed {count} times in a row, {problem}",
        known.failures,
    )
    return text.format(vendor=name, count=known.failures, problem=_problem(known))


def vendor_view(sheet: VendorSheet, actor: Actor) -> View:
    counts = [
        _("being made there: {count}").format(count=sheet.working),
        _("waiting for it: {count}").format(count=sheet.waiting),
    ]
    label = _("▶️ Give it work again") if sheet.paused else _("⏸ Give it nothing new")
    switch = button(label, PauseVendor(vendor=sheet.name, pause=not sheet.paused))
    may = actor.may(Right.WORK)
    return View(lines(f"🏭 {condition(sheet)}", *counts), rows([switch] if may else [], [to_jobs()]))


def vendor_question(sheet: VendorSheet, *, pause: bool) -> View:
    text = _("Give {vendor} work again? What waits for it is begun.")
    if pause:
        text = _(
            "Give {vendor} nothing new? What it has is still finished and delivered. What waits for it, and what is "
            "ordered from now on, goes to whoever else makes it for no more than was shown, or else waits."
        )
    yes = button(_("✅ Yes"), PauseVendor(vendor=sheet.name, pause=pause, sure=True))
    no = button(_("‹ No"), OpenVendor(vendor=sheet.name))
    shown = paragraphs(text.format(vendor=vendor_name(sheet.name)), deadlines_go_on() if pause else None)
    return View(shown, rows([yes], [no]))


def deadlines_go_on() -> str:
    return _("Deadlines go on: what is not made in time fails, and its credits go back.")


def _problem(known: Condition) -> str:
    """The reason as it stands in the log, so that it can be looked for there."""
    return theirs(known.last_problem or "?", NAME_SHOWN)
