"""The sections of what staff sees, each a command as well: what each role has of them follows from its rights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.view import View, button, in_rows_of, paragraphs, rows
from services.staff.rights import Actor, Right, Role


@dataclass(frozen=True, slots=True)
class Section:
    command: str
    right: Right
    label: Callable[[], str]
    """On its button in the menu."""
    about: Callable[[], str]
    """In Telegram's list of commands."""


SECTIONS: Final[Sequence[Section]] = (
    Section("overview", Right.OVERVIEW, lambda: _("📊 Overview"), lambda: _("Figures: people, clips, money")),
    Section("people", Right.PEOPLE, lambda: _("👤 People"), lambda: _("Find somebody, and help them")),
    Section("reports", Right.REPORTS, lambda: _("📮 Reports"), lambda: _("What people asked or reported")),
    Section("jobs", Right.JOBS, lambda: _("🛠 Jobs"), lambda: _("How the work goes, and what failed")),
    Section("payments", Right.PAYMENTS, lambda: _("💸 Payments"), lambda: _("Payments that wait for you; look one up")),
    Section("packs", Right.PACKS, lambda: _("🛒 Packs"), lambda: _("What is sold, and for how much")),
    Section("promos", Right.PROMOS, lambda: _("🎟 Promo codes"), lambda: _("Promo codes: make and stop them")),
    Section("broadcast", Right.BROADCAST, lambda: _("📣 Messages to many"), lambda: _("A message to many people")),
    Section("values", Right.VALUES, lambda: _("⚙️ Settings"), lambda: _("What is set without a restart")),
    Section("staff", Right.STAFF, lambda: _("🧑‍💼 Staff"), lambda: _("Who has which role")),
    Section("audit", Right.AUDIT, lambda: _("📜 Who did what"), lambda: _("The log of what staff did")),
)


def of(actor: Actor) -> list[Section]:
    return [section for section in SECTIONS if actor.may(section.right)]


def menu_view(actor: Actor, news: Sequence[str]) -> View:
    """`news`: what waits for somebody, a sentence each."""
    places = [button(one.label(), callbacks.AdminPlace(to=one.command)) for one in of(actor)]
    role = {
        Role.OWNER: _("You are an owner."),
        Role.ADMIN: _("You are an admin."),
        Role.SUPPORT: _("You are support."),
    }
    title = _("🛠 <b>Running Echoes</b>")
    return View(paragraphs(f"{title}\n{role[actor.role]}", *news), rows(*in_rows_of(2, places)))
