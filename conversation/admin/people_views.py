"""One person as staff sees them: who they are, what they have, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from babel.dates import format_date

from conversation import callbacks
from conversation.callbacks.admin_people import ChooseData, Do, OpenPerson, WriteAbout
from conversation.callbacks.admin_staff import AdminMember
from conversation.i18n import gettext as _
from conversation.i18n import language_now, ngettext
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows, shortened, theirs
from conversation.wording import clips, credits_
from services.people import Person
from services.staff.rights import Actor, Right, Role
from storage.tables import User

NAME_SHOWN = 40


def search_view() -> View:
    how = _(
        "Write whom you look for: a Telegram id, <code>#17</code>, <code>@name</code>, an invitation code, an order, "
        "a payment (<code>P4</code> or the vendor's number) or a reference (<code>S17-5</code>)."
    )
    return View(paragraphs(_("👤 <b>People</b>"), how), rows([to_menu()]))


def several_view(found: Sequence[User]) -> View:
    each = [[button(_called(user), OpenPerson(person=user.id))] for user in found]
    return View(_("Several go, or went, by that name. Which one?"), rows(*each, [to_menu()]))


def nobody_view() -> View:
    return View(_("I know nobody by that. Please check it and write it again, or /cancel."))


def card_view(person: Person, actor: Actor, *, note: str | None = None) -> View:
    """`actor`: who looks at it, and sees only what they may do; `note`: what has just happened."""
    text = paragraphs(
        note,
        lines(f"👤 {who(person.user)}", _ids(person.user), *_standing(person)),
        lines(*_money(person)),
        lines(_made(person), _company(person)),
    )
    return View(text, rows(*in_rows_of(2, _places(person)), *in_rows_of(2, _deeds(person, actor)), [to_search()]))


def who(user: User) -> str:
    name = theirs(user.first_name, NAME_SHOWN) or f"#{user.id}"
    return f"<b>{name}</b> @{theirs(user.username, NAME_SHOWN)}" if user.username else f"<b>{name}</b>"


def to_card(user_id: int, label: str | None = None) -> Button:
    return button(label or _("‹ Back"), OpenPerson(person=user_id))


def to_search() -> Button:
    return button(_("‹ Back"), callbacks.AdminPlace(to="people"))


def to_menu() -> Button:
    return button(_("‹ Back"), callbacks.AdminPlace(to="menu"))


def day(moment: datetime) -> str:
    return format_date(moment, format="d MMM y", locale=language_now())


def _called(user: User) -> str:
    return f"#{user.id} {shortened(user.first_name, NAME_SHOWN)}"


def _ids(user: User) -> str:
    if user.erased_at is not None:
        return f"#{user.id}"
    link = f'<a href="tg://user?id={user.telegram_id}">↗</a>'
    return f"#{user.id} · <code>{user.telegram_id}</code> {link} · {user.language}"


def _standing(person: Person) -> list[str | None]:
    user = person.user
    roles = {Role.OWNER: _("🧑‍💼 Owner"), Role.ADMIN: _("🧑‍💼 Admin"), Role.SUPPORT: _("🧑‍💼 Support")}
    gone = user.unreachable_at is not None and user.erased_at is None
    return [
        _("Here since {day}").format(day=day(user.created_at)),
        _("Last seen {day}").format(day=day(user.seen_at)) if user.seen_at else None,
        roles[person.role] if person.role else None,
        _("🚫 Banned on {day}").format(day=day(user.banned_at)) if user.banned_at else None,
        _("🔕 Blocked this bot") if gone else None,
        _("🗑 Deleted on {day}").format(day=day(user.erased_at)) if user.erased_at else None,
    ]


def _money(person: Person) -> list[str | None]:
    balance = person.balance
    return [
        f"💳 {credits_(balance.available)}",
        _("Set aside for what is being made: {credits}").format(credits=credits_(balance.held))
        if balance.held
        else None,
        _("Owed: {credits}").format(credits=credits_(balance.debt)) if balance.debt else None,
    ]


def _made(person: Person) -> str:
    projects = ngettext("{count} project", "{count} projects", person.projects).format(count=person.projects)
    return f"🎬 {projects} · {clips(person.clips)}"


def _company(person: Person) -> str | None:
    by = person.brought_by
    return _("🎁 Brought by {who}").format(who=f"#{by.id} {theirs(by.first_name, NAME_SHOWN)}") if by else None


def _places(person: Person) -> list[Button]:
    to = person.user.id
    return [
        button(_("💳 Ledger"), OpenPerson(person=to, tab="ledger")),
        button(_("🛠 Jobs ({count})").format(count=person.jobs), OpenPerson(person=to, tab="jobs")),
        button(_("💸 Payments ({count})").format(count=person.payments), OpenPerson(person=to, tab="payments")),
        button(_("🎁 Friends ({count})").format(count=person.friends), OpenPerson(person=to, tab="friends")),
    ]


def _deeds(person: Person, actor: Actor) -> list[Button]:
    """What can be done to them by who looks. Nothing can to who is deleted."""
    to, banned = person.user.id, person.user.banned_at is not None
    if person.user.erased_at is not None:
        return []
    offers = [
        (Right.MESSAGE, button(_("✉️ Write to them"), WriteAbout(person=to, what="message"))),
        (Right.CREDITS, button(_("➕ Give or take credits"), WriteAbout(person=to, what="credits"))),
        (Right.BAN, button(_("✅ Unban") if banned else _("🚫 Ban"), Do(person=to, deed="unban" if banned else "ban"))),
        (Right.DATA, button(_("🗂 Their data"), ChooseData(person=to))),
        (Right.STAFF, button(_("🧑‍💼 Role"), AdminMember(user=to))),
    ]
    return [offered for right, offered in offers if actor.may(right)]
