"""What people asked or reported: the list of what waits, and each with what can be done about it."""

from __future__ import annotations

from conversation import callbacks
from conversation.admin.moments import moment
from conversation.admin.people_views import to_card, to_menu, who
from conversation.callbacks.admin_reports import CloseReport, OpenLooks, OpenReport, SendAnswer, WriteAnswer
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.team_notices import in_lines
from conversation.view import Button, View, button, lines, paragraphs, rows, shortened, theirs
from services.helping import MESSAGE_LIMIT
from services.reports import PAGE, Report
from services.staff.rights import Actor, Right
from storage.tables import User

BEGINNING, NAME_SHOWN = 120, 24
WHOLE = 3700
"""UTF-16 units: as much of a text as fits beside what is said about it. Nearly always that is all of it."""


def waiting_reports(count: int) -> str | None:
    """For the menu."""
    waiting = ngettext("{count} report waits for an answer.", "{count} reports wait for an answer.", count)
    return waiting.format(count=count) if count else None


def reports_view(found: list[Report], total: int, page: int, actor: Actor) -> View:
    """`actor`: who looks at it."""
    looks = [to_looks()] if actor.may(Right.PAYMENTS) else []
    how = _("<code>/reports S17-5</code> shows one again, by what its asker refers to it by.")
    if not found:
        return View(paragraphs(_("📮 Nobody waits for an answer."), how), rows(looks, [to_menu()]))
    each = [[button(_label(one), OpenReport(report=one.question.id))] for one in found]
    title = _("📮 <b>Reports</b>, oldest first")
    text = paragraphs(title, *map(_line, found), how)
    return View(text, rows(*each, _pager(total, page), looks, [to_menu()]))


def report_view(report: Report, actor: Actor, *, note: str | None = None) -> View:
    """`actor`: who looks at it; `note`: what has just happened to it."""
    question = report.question
    title = _("📮 <b>Report {reference}</b>").format(reference=question.reference)
    words = f"<blockquote>{in_lines(shortened(question.text, WHOLE), WHOLE)}</blockquote>" if question.text else None
    facts = lines(title, f"👤 {who(report.asker)} · #{report.asker.id}", moment(question.created_at))
    deeds = [] if question.closed_at else _deeds(question.id)
    card = [to_card(report.asker.id, _("👤 Their card"))] if actor.may(Right.PEOPLE) else []
    return View(paragraphs(note, facts, words, _standing(report)), rows(*deeds, card, [_to_reports()]))


def ask_answer_view(report: Report) -> View:
    text = _("Write your answer to {reference}, as one message of at most {count} characters. /cancel leaves it.")
    return View(text.format(reference=report.question.reference, count=MESSAGE_LIMIT))


def answer_question(report: Report) -> View:
    reference = report.question.reference
    text = _("Send this to {who} as the answer to {reference}? That closes it.")
    yes = button(_("✅ Yes, send it"), SendAnswer(report=report.question.id))
    return View(text.format(who=who(report.asker), reference=reference), rows([yes], [_no(report)]))


def close_question(report: Report) -> View:
    text = _("Close {reference} without an answer? {who} is told nothing.")
    yes = button(_("✅ Yes, close it"), CloseReport(report=report.question.id, sure=True))
    return View(text.format(who=who(report.asker), reference=report.question.reference), rows([yes], [_no(report)]))


def to_looks() -> Button:
    return button(_("🔁 Reconciliation"), OpenLooks())


def _deeds(report: int) -> list[list[Button]]:
    answer = button(_("✍️ Answer"), WriteAnswer(report=report))
    return [[answer], [button(_("Close without an answer"), CloseReport(report=report))]]


def _standing(report: Report) -> str | None:
    closed = report.question.closed_at
    if closed is not None and report.closer is None:
        return _("They had everything of theirs deleted.")
    if closed is not None and report.closer is not None:
        text = _("✅ Closed by {name}, {when}.")
        return text.format(name=_name(report.closer), when=moment(closed))
    return _("🔕 Blocked this bot") if report.asker.unreachable_at else None


def _line(report: Report) -> str:
    question = report.question
    facts = f"<b>{question.reference}</b> · {_name(report.asker)} · {moment(question.created_at)}"
    return lines(facts, theirs(question.text, BEGINNING))


def _label(report: Report) -> str:
    return f"{report.question.reference} · {shortened(report.asker.first_name, NAME_SHOWN)}"


def _name(user: User) -> str:
    return theirs(user.first_name, NAME_SHOWN) or f"#{user.id}"


def _pager(total: int, page: int) -> list[Button]:
    older = [button(_("‹ Older"), callbacks.AdminPlace(to="reports", page=page - 1))] if page else []
    more = (page + 1) * PAGE < total
    return older + ([button(_("Newer ›"), callbacks.AdminPlace(to="reports", page=page + 1))] if more else [])


def _no(report: Report) -> Button:
    return button(_("‹ No"), OpenReport(report=report.question.id))


def _to_reports() -> Button:
    return button(_("‹ Back"), callbacks.AdminPlace(to="reports"))
