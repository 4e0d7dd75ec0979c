"""The log of what was done by virtue of a role."""

from __future__ import annotations

import html
import json
from typing import Any

from conversation import callbacks
from conversation.admin.moments import moment
from conversation.callbacks.admin_staff import AdminLog
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, lines, paragraphs, rows, shortened, theirs
from services.staff.audit import PAGE, Action, Entry

NAME_SHOWN, FACTS_SHOWN = 40, 160


def audit_view(entries: list[Entry], total: int, page: int, by: int = 0) -> View:
    """`by`: whose doings these are; 0: everybody's."""
    back = button(_("🛠 Menu"), callbacks.AdminPlace(to="menu"))
    if not entries:
        return View(_("📜 Nothing was done yet."), rows([back]))
    how = _("<code>/audit user:17</code> – what was done to somebody; so payment:, job:, pack:, promo: and value:")
    listed = [_shown(one) for one in entries]
    return View(paragraphs(_("📜 <b>Who did what</b>"), *listed, how), rows(_pager(total, page, by), [back]))


def what(action: str) -> str:
    """In words; the name itself for what a newer version of this program wrote."""
    return _words().get(action, action)


def _shown(one: Entry) -> str:
    entry = one.entry
    when = moment(entry.created_at)
    who = theirs(one.actor.first_name, NAME_SHOWN)
    changes = _changes(entry.before, entry.after)
    return lines(f"<b>{when}</b> · {who} · {what(entry.action)} · <code>{html.escape(entry.subject)}</code>", changes)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> str | None:
    facts = [
        f"{name}: {_fact(before[name])} → {_fact(after.get(name))}" if name in before else f"{name}: {_fact(value)}"
        for name, value in {**before, **after}.items()
    ]
    return html.escape(shortened(", ".join(facts), FACTS_SHOWN), quote=False) if facts else None


def _fact(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pager(total: int, page: int, by: int) -> list[Button]:
    newer = [button(_("‹ Newer"), AdminLog(by=by, page=page - 1))] if page else []
    more = (page + 1) * PAGE < total
    return newer + ([button(_("Older ›"), AdminLog(by=by, page=page + 1))] if more else [])


def _words() -> dict[str, str]:
    return {
        Action.CREDITS_GIVEN: _("gave credits"),
        Action.CREDITS_TAKEN: _("took credits"),
        Action.BANNED: _("banned"),
        Action.UNBANNED: _("unbanned"),
        Action.MESSAGED: _("wrote to"),
        Action.REPORT_ANSWERED: _("answered"),
        Action.REPORT_CLOSED: _("closed a report of"),
        Action.DATA_EXPORTED: _("exported the data of"),
        Action.DATA_DELETED: _("deleted the data of"),
        Action.REFUNDED: _("refunded"),
        Action.PAYMENT_ASSIGNED: _("said whose it is"),
        Action.LOOK_WANTED: _("had the list looked at"),
        Action.JOB_RETRIED: _("had it done over"),
        Action.JOB_FAILED: _("ended it"),
        Action.JOB_MOVED: _("moved it to another vendor"),
        Action.VALUE_SET: _("set"),
        Action.PACK_ADDED: _("added a pack"),
        Action.PACK_CHANGED: _("changed a pack"),
        Action.PROMO_MADE: _("made a promo code"),
        Action.PROMO_STOPPED: _("stopped a promo code"),
        Action.BROADCAST_STARTED: _("sent to many"),
        Action.BROADCAST_STOPPED: _("stopped sending"),
        Action.BROADCAST_RECALLED: _("called back"),
        Action.APPOINTED: _("gave a role"),
        Action.DISMISSED: _("took a role"),
    }
