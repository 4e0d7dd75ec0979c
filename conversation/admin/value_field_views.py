"""One value: how it stands, the question before it is set, and what it was."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from conversation.admin.moments import moment
from conversation.admin.value_field import Field
from conversation.admin.value_kinds import Number
from conversation.callbacks.admin_values import ValueField, ValueHistory, ValueOld, ValueSet, ValueWrite
from conversation.i18n import gettext as _
from conversation.value_sentences import wanted
from conversation.view import Button, View, button, lines, paragraphs, rows, shortened, theirs
from services.live.live import PAGE, Change, Standing, same

WHOLE_SHOWN, BEFORE_SHOWN, AFTER_SHOWN, OLD_SHOWN, LINE_SHOWN = 3300, 400, 2600, 3300, 80
NAME_SHOWN = 40


def field_view(field: Field, standing: Standing, back: Button) -> View:
    value, usual = field.of(standing.value), field.of(standing.usual)
    own = not same(value, usual)
    says = None if field.kind.long or not own else _("The environment says: {value}").format(value=_short(field, usual))
    as_usual = _("↩️ Ours again") if field.kind.long else _("↩️ As the environment says")
    text = paragraphs(_title(field), field.about(), lines(_now(field, value), says))
    more = [
        [button(_("✏️ Write it"), ValueWrite(field=field.id))] if field.kind.written else [],
        [button(as_usual, ValueSet(field=field.id, to="~"))] if own else [],
        [button(_("🕘 What it was"), ValueHistory(field=field.id))] if standing.seen else [],
    ]
    return View(text, rows(*_moves(field, value), *more, [back]))


def ask_view(field: Field, standing: Standing) -> View:
    how = lines(html.escape(wanted(field.name), quote=False), _("/cancel leaves it."))
    text = paragraphs(_title(field), field.about(), _now(field, field.of(standing.value)), how)
    return View(text, rows([_to(field, _("‹ Back"))]))


def question_view(field: Field, standing: Standing, whole: Any, to: str) -> View:
    """Asked before it is set: what it is, and what it would be. `whole`: what would be set."""
    before, after = field.of(standing.value), field.of(standing.usual if whole is None else whole)
    if field.kind.long:
        shown = lines(_("Now:"), _quoted(field, before, BEFORE_SHOWN), _("From then on:"), _quoted(field, after))
    else:
        shown = f"{_short(field, before)} → <b>{_short(field, after)}</b>"
    yes = button(_("✅ Yes, set it"), ValueSet(field=field.id, to=to, seen=standing.seen, sure=True))
    nearby = _moves(field, after) if isinstance(field.kind, Number) else []
    text = paragraphs(_title(field), shown, field.about(), _("Set it?"))
    return View(text, rows(*nearby, [yes], [_to(field, _("‹ No"))]))


def history_view(field: Field, found: Sequence[Change], total: int, page: int, usual: Any) -> View:
    """`usual`: the whole that the environment says."""
    listed = [f"{_when(one)}: {_line(field, one, usual)}" for one in found]
    doors = [[button(_plain_when(one), ValueOld(field=field.id, change=one.change.id))] for one in found]
    newer = [button(_("‹ Newer"), ValueHistory(field=field.id, page=page - 1))] if page else []
    more = (page + 1) * PAGE < total
    older = [button(_("Older ›"), ValueHistory(field=field.id, page=page + 1))] if more else []
    text = paragraphs(_title(field), *listed) if listed else paragraphs(_title(field), _("It was never set."))
    return View(text, rows(*doors, [*newer, *older], [_to(field, _("‹ Back"))]))


def old_view(field: Field, old: Change, standing: Standing) -> View:
    value = field.of(standing.usual if old.change.value is None else old.change.value)
    shown = _quoted(field, value, OLD_SHOWN) if field.kind.long else f"<b>{_short(field, value)}</b>"
    again = not same(value, field.of(standing.value))
    to = f"@{old.change.id}"
    back_to = [button(_("↩️ Back to this"), ValueSet(field=field.id, to=to))] if again else []
    back = button(_("‹ Back"), ValueHistory(field=field.id))
    return View(paragraphs(_title(field), lines(_when(old), shown)), rows(back_to, [back]))


def _title(field: Field) -> str:
    return f"<b>{html.escape(field.label(), quote=False)}</b>"


def _now(field: Field, value: Any) -> str:
    if field.kind.long:
        return lines(_("Now:"), _quoted(field, value, WHOLE_SHOWN))
    return _("Now: {value}").format(value=f"<b>{_short(field, value)}</b>")


def _short(field: Field, value: Any) -> str:
    return html.escape(field.kind.shown(value), quote=False)


def _quoted(field: Field, value: Any, most: int = AFTER_SHOWN) -> str:
    return f"<blockquote>{html.escape(shortened(field.kind.shown(value), most), quote=False)}</blockquote>"


def _line(field: Field, one: Change, usual: Any) -> str:
    value = field.of(usual if one.change.value is None else one.change.value)
    return theirs(field.kind.shown(value), LINE_SHOWN)


def _when(one: Change) -> str:
    return f"<b>{_plain_when(one)}</b> · {theirs(one.actor.first_name, NAME_SHOWN)}"


def _plain_when(one: Change) -> str:
    return moment(one.change.created_at)


def _moves(field: Field, value: Any) -> list[list[Button]]:
    moves = field.kind.moves(value)
    return [[button(one.label, ValueSet(field=field.id, to=one.to)) for one in row] for row in moves]


def _to(field: Field, label: str) -> Button:
    return button(label, ValueField(field=field.id))
