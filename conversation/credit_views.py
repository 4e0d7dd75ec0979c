"""The balance, and where it came from and went."""

from __future__ import annotations

from babel.dates import format_date

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.i18n import language_now, ngettext
from conversation.view import Button, View, button, lines, paragraphs, rows
from conversation.wording import credits_
from services.ledger import TransferKind
from services.wallet import Entry, Statement


def credits_view(statement: Statement) -> View:
    listed = [_line(entry) for entry in statement.entries]
    history = lines(_("<b>History</b>"), *listed) if listed else None
    coming = _("Ways to get more credits are coming soon.")
    pager = _pager(statement)
    return View(paragraphs(_balance(statement), history, coming), rows(pager) if pager else None)


def _balance(statement: Statement) -> str:
    balance = statement.balance
    available = _("💳 You have <b>{credits}</b>.").format(credits=credits_(balance.available))
    if not balance.held:
        return available
    held = ngettext(
        "{count} more is set aside for clips in the making.",
        "{count} more are set aside for clips in the making.",
        balance.held,
    )
    return lines(available, held.format(count=balance.held))


def _line(entry: Entry) -> str:
    sign = "+" if entry.amount > 0 else "−"
    date = format_date(entry.at, format="d MMM", locale=language_now())
    return f"{date} · {sign}{abs(entry.amount)} · {_what(entry.kind)}"


def _what(kind: str) -> str:
    kinds = {TransferKind.SIGNUP: _("welcome gift"), TransferKind.GENERATION: _("a clip")}
    return next((words for known, words in kinds.items() if known == kind), _("a change"))


def _pager(statement: Statement) -> list[Button]:
    newer = button(_("‹ Newer"), callbacks.CreditsPage(page=statement.page - 1)) if statement.page > 0 else None
    more = statement.page + 1 < statement.pages
    older = button(_("Older ›"), callbacks.CreditsPage(page=statement.page + 1)) if more else None
    return [one for one in (newer, older) if one]
