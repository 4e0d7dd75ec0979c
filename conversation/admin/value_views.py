"""What is set without a deploy: all of it at a glance, and what belongs together."""

from __future__ import annotations

import html
from collections.abc import Sequence

from conversation import callbacks
from conversation.admin.sections import SECTIONS
from conversation.admin.value_field import Field, Shelf, Wholes
from conversation.admin.value_fields import GROUPS
from conversation.callbacks.admin_values import GroupName, ValueField, ValueGroup
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows, shortened

OWN = " ✏️"
"""Marks what is not as the environment says."""
VALUE_SHOWN, LABEL_SHOWN = 120, 60
NEIGHBOURS = ("packs", "promos")
"""Sections with what is sold and given away; they have values of another kind."""


def front_view(table: Sequence[Field], now: Wholes, usual: Wholes) -> View:
    each = [_brief(group, [one for one in table if one.group == group], now, usual) for group in GROUPS]
    about = _("What you set counts from that moment, without a restart. ✏️: not as the environment says.")
    doors = [_door(group, [one for one in table if one.group == group]) for group in GROUPS]
    elsewhere = [
        button(one.label(), callbacks.AdminPlace(to=one.command)) for one in SECTIONS if one.command in NEIGHBOURS
    ]
    menu = button(_("🛠 Menu"), callbacks.AdminPlace(to="menu"))
    title = _("⚙️ <b>Settings</b>")
    return View(paragraphs(f"{title}\n{about}", *each), rows(*in_rows_of(2, doors), elsewhere, [menu]))


def group_view(table: Sequence[Field], group: GroupName, shelf: int, now: Wholes, usual: Wholes) -> View:
    """`shelf`: of which its fields are shown; 0: the shelves, where there are some."""
    mine = [one for one in table if one.group == group and (not shelf or (one.shelf and one.shelf.id == shelf))]
    shelves = _shelves(mine)
    title = f"<b>{GROUPS[group]()}</b>"
    if shelves and not shelf:
        listed = [_of_shelf(one, mine, now, usual) for one in shelves]
        doors = [button(shortened(one.label(), LABEL_SHOWN), ValueGroup(group=group, shelf=one.id)) for one in shelves]
        return View(paragraphs(title, *listed), rows(*in_rows_of(2, doors), [_to_front()]))
    title = f"<b>{html.escape(shelves[0].label(), quote=False)}</b>" if shelves else title
    listed = [f"{html.escape(one.called(), quote=False)}: <b>{brief(one, now, usual)}</b>" for one in mine]
    doors = [button(shortened(one.called(), LABEL_SHOWN), ValueField(field=one.id)) for one in mine]
    back = button(_("‹ Back"), ValueGroup(group=group)) if shelf else _to_front()
    return View(paragraphs(title, lines(*listed)), rows(*in_rows_of(2, doors), [back]))


def brief(field: Field, now: Wholes, usual: Wholes) -> str:
    """A value in a few words, as HTML, with the mark."""
    whole, own = now[field.name], field.is_own(now, usual)
    if field.kind.long:
        words = _("your words") if own else _("ours")
    else:
        words = html.escape(shortened(field.kind.shown(field.of(whole)), VALUE_SHOWN), quote=False)
    return words + (OWN if own else "")


def way_back(table: Sequence[Field], field: Field) -> Button:
    """From a field to where it is listed."""
    if sum(one.group == field.group for one in table) == 1:
        return _to_front()
    return button(_("‹ Back"), ValueGroup(group=field.group, shelf=field.shelf.id if field.shelf else 0))


def _brief(group: GroupName, mine: Sequence[Field], now: Wholes, usual: Wholes) -> str:
    shelves = _shelves(mine)
    if shelves:
        words = " · ".join(_shelf_name(one, mine, now, usual) for one in shelves)
    elif len(mine) == 1 and mine[0].label() in GROUPS[group]():
        words = brief(mine[0], now, usual)
    else:
        words = " · ".join(f"{html.escape(one.label(), quote=False)}: {brief(one, now, usual)}" for one in mine)
    return lines(f"<b>{GROUPS[group]()}</b>", words)


def _of_shelf(shelf: Shelf, mine: Sequence[Field], now: Wholes, usual: Wholes) -> str:
    its = [one for one in mine if one.shelf == shelf]
    facts = [f"{html.escape(one.called(), quote=False)}: {brief(one, now, usual)}" for one in its]
    return lines(f"<b>{html.escape(shelf.label(), quote=False)}</b>", " · ".join(facts))


def _shelf_name(shelf: Shelf, mine: Sequence[Field], now: Wholes, usual: Wholes) -> str:
    its = [one for one in mine if one.shelf == shelf]
    off = " 🚫" if any(one.of(now[one.name]) is False for one in its) else ""
    own = OWN if any(one.is_own(now, usual) for one in its) else ""
    return html.escape(shelf.label(), quote=False) + off + own


def _shelves(mine: Sequence[Field]) -> list[Shelf]:
    return list(dict.fromkeys(one.shelf for one in mine if one.shelf))


def _door(group: GroupName, mine: Sequence[Field]) -> Button:
    to = ValueField(field=mine[0].id) if len(mine) == 1 else ValueGroup(group=group)
    return button(GROUPS[group](), to)


def _to_front() -> Button:
    return button(_("‹ Settings"), callbacks.AdminPlace(to="values"))
