"""The balance, and where it came from and went."""

from __future__ import annotations

from babel.dates import format_date

from conversation import callbacks
from conversation.buy_views import get_credits
from conversation.i18n import gettext as _
from conversation.i18n import language_now, ngettext
from conversation.view import Button, View, button, lines, paragraphs, rows
from conversation.wording import credits_
from services.ledger import TransferKind
from services.wallet import Entry, Statement


def credits_view(statement: Statement) -> View:
    listed = [entry_line(entry) for entry in statement.entries]
    history = lines(_("<b>History</b>"), *listed) if listed else None
    return View(paragraphs(_balance(statement), history), rows(_pager(statement), *_ways()))


def _balance(statement: Statement) -> str:
    balance = statement.balance
    held = ngettext(
        "{count} more is set aside for clips in the making.",
        "{count} more are set aside for clips in the making.",
        balance.held,
    )
    owed = _("You owe {credits}: whatever comes in pays that first.").format(credits=credits_(balance.debt))
    return lines(
        _("💳 You have <b>{credits}</b>.").format(credits=credits_(balance.available)),
        held.format(count=balance.held) if balance.held else None,
        owed if balance.debt else None,
    )


def entry_line(entry: Entry) -> str:
    sign = "+" if entry.amount > 0 else "−"
    date = format_date(entry.at, format="d MMM", locale=language_now())
    facts = [date, f"{sign}{abs(entry.amount)}", _what(entry), _("owed") if entry.owed else None]
    return " · ".join(filter(None, facts))


def _what(entry: Entry) -> str:
    back = entry.amount > 0
    kinds = {
        TransferKind.SIGNUP: _("welcome gift"),
        TransferKind.PURCHASE: _("bought"),
        TransferKind.REFERRAL: _("invitation") if back else _("invitation, taken back"),
        TransferKind.SHARE: _("somebody new came through your project"),
        TransferKind.PROMO: _("promo code"),
        TransferKind.ADMIN: _("from the team") if back else _("corrected by the team"),
        TransferKind.REFUND: _("refund that failed") if back else _("refund"),
        TransferKind.DISPUTE: _("disputed payment, settled") if back else _("disputed payment"),
        TransferKind.GENERATION: _("a clip"),
    }
    return next((words for known, words in kinds.items() if known == entry.kind), _("a change"))


def _ways() -> list[list[Button]]:
    """To more credits, and to what was paid for them."""
    receipts = button(_("🧾 Receipts"), callbacks.ReceiptsPage(page=0))
    code = button(_("🎟 Enter a code"), callbacks.EnterCode())
    invite = button(_("🎁 Invite friends"), callbacks.Go(to="invite"))
    return [[get_credits(), receipts], [code, invite]]


def _pager(statement: Statement) -> list[Button]:
    newer = button(_("‹ Newer"), callbacks.CreditsPage(page=statement.page - 1)) if statement.page > 0 else None
    more = statement.page + 1 < statement.pages
    older = button(_("Older ›"), callbacks.CreditsPage(page=statement.page + 1)) if more else None
    return [one for one in (newer, older) if one]
