"""Who has which role, and giving and taking them."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import callbacks
from conversation.callbacks.admin_staff import AdminAppoint, AdminLog, AdminMember, RoleChoice
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, lines, paragraphs, rows, theirs
from services.staff.members import Member
from services.staff.rights import Role
from storage.tables import User

NAME_SHOWN = 40


def role_name(role: Role | None) -> str:
    names = {Role.OWNER: _("owner"), Role.ADMIN: _("admin"), Role.SUPPORT: _("support")}
    return names[role] if role else _("no role")


def staff_view(members: Sequence[Member]) -> View:
    listed = [f"• {_who(one.user)} – {role_name(one.role)}" for one in members]
    about = lines(
        _("<b>Owners</b> are named in the settings and may do everything."),
        _("<b>Admins</b> may do everything but give roles."),
        _("<b>Support</b> may look people, payments and jobs up, and write to people."),
    )
    how = _("<code>/staff 123456789</code> or <code>/staff @name</code> – give somebody a role")
    each = [
        [button(theirs_plain(one.user), AdminMember(user=one.user.id))] for one in members if one.role is not Role.OWNER
    ]
    return View(paragraphs(_("🧑‍💼 <b>Staff</b>"), lines(*listed), about, how), rows(*each, [_menu()]))


def member_view(user: User, role: Role | None) -> View:
    """`role`: what they are now."""
    if role is Role.OWNER:
        return View(_("{who} is an owner: that is changed in the settings (ADMIN_IDS).").format(who=_who(user)))
    offers: list[tuple[str, RoleChoice, bool]] = [
        (_("Make admin"), "admin", role is not Role.ADMIN),
        (_("Make support"), "support", role is not Role.SUPPORT),
        (_("Take the role away"), "none", role is not None),
    ]
    each = [[button(label, AdminAppoint(user=user.id, role=to))] for label, to, offered in offers if offered]
    did = [button(_("📜 What they did"), AdminLog(by=user.id))] if role else []
    text = lines(f"👤 {_who(user)} · <code>{user.telegram_id}</code>", _("Now: {role}").format(role=role_name(role)))
    return View(text, rows(*each, did, [button(_("‹ Back"), callbacks.AdminPlace(to="staff"))]))


def appoint_question(user: User, role: Role | None) -> View:
    """Asked before a role is given, or taken (None)."""
    if role is None:
        text = _("Take the role of {who} away? From now on they are like everybody else.")
    elif role is Role.ADMIN:
        text = _("Make {who} an admin? They will be able to give and take credits and money, and write to everybody.")
    else:
        text = _("Make {who} support? They will be able to see people, payments and jobs, and write to people.")
    chosen: dict[Role | None, RoleChoice] = {Role.ADMIN: "admin", Role.SUPPORT: "support"}
    to = AdminAppoint(user=user.id, role=chosen.get(role, "none"), sure=True)
    no = button(_("‹ No"), AdminMember(user=user.id))
    return View(text.format(who=_who(user)), rows([button(_("✅ Yes"), to)], [no]))


def unknown_person_view() -> View:
    return View(_("I know nobody of that id or name. They have to write to this bot first."))


def role_view(role: Role | None) -> View:
    """To whom it was given or from whom it was taken."""
    if role is None:
        return View(_("Your role here has ended. Thank you for your help!"))
    text = _("🧑‍💼 You help to run this bot now, as {role}. What you can do: /admin")
    return View(text.format(role=role_name(role)), rows([_menu()]))


def theirs_plain(user: User) -> str:
    """For a button, which shows no HTML."""
    return user.first_name[:NAME_SHOWN] or str(user.telegram_id)


def _who(user: User) -> str:
    name = theirs(user.first_name, NAME_SHOWN)
    return f"{name} (@{user.username})" if user.username else name


def _menu() -> Button:
    return button(_("🛠 Menu"), callbacks.AdminPlace(to="menu"))
