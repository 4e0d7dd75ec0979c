"""Jobs in words, as staff reads them: their states, whose they are, how old they are."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta

from conversation import callbacks
from conversation.admin.moments import moment
from conversation.i18n import gettext as _
from conversation.i18n import language_now
from conversation.view import Button, button, theirs
from conversation.wording import credits_, maker
from services.jobs import states
from storage.tables import Job, User

NAME_SHOWN = 40
FILMS = "film"
"""The vendor that makes films (services.films.maker)."""


def state_names() -> dict[str, str]:
    return {
        states.QUEUED: _("waiting"),
        states.SUBMITTING: _("being handed over"),
        states.RUNNING: _("being made"),
        states.STORING: _("being checked and stored"),
        states.UNKNOWN: _("nobody knows"),
        states.SUCCEEDED: _("done"),
        states.FAILED: _("failed"),
        states.CANCELLED: _("cancelled"),
    }


def state_name(job: Job) -> str:
    wish = job.state in states.LIVE and job.cancelling
    return _("being cancelled") if wish else state_names()[job.state]


def what(job: Job) -> str:
    """What was to be made, by its price: only films cost nothing."""
    return credits_(job.price) if job.price else _("🎬 a film")


def who(user: User) -> str:
    return f"👤 {theirs(user.first_name, NAME_SHOWN)} · <code>{user.telegram_id}</code>"


def when(job: Job) -> str:
    return moment(job.finished_at or job.created_at)


def age(seconds: float) -> str:
    return format_timedelta(timedelta(seconds=seconds), locale=language_now(), format="short")


def vendor_label(vendor: str) -> str:
    """For buttons. Two of them are of this house: who makes clips, and who makes films."""
    return f"{maker(vendor)} 🎬" if vendor == FILMS else maker(vendor)


def vendor_name(vendor: str) -> str:
    """Safe to show in HTML."""
    return theirs(vendor_label(vendor), NAME_SHOWN)


def to_jobs() -> Button:
    return button(_("‹ All jobs"), callbacks.AdminPlace(to="jobs"))
