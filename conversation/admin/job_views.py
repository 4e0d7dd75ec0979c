"""/jobs: how the work goes, who does it, and the jobs that failed through nobody's fault."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import callbacks
from conversation.admin.job_words import state_names, to_jobs, vendor_label, vendor_name, what, when, who
from conversation.admin.vendor_views import condition
from conversation.callbacks.admin_jobs import CloseHouse, LiveJobs, OpenVendor, PauseAll
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows
from services.jobs import states
from services.jobs.dead import PAGE, DeadLetter, Overview
from services.jobs.sheets import VendorSheet
from services.staff.rights import Actor, Right
from storage.tables import Job


@dataclass(frozen=True, slots=True)
class JobsBoard:
    """All that /jobs shows."""

    overview: Overview
    vendors: list[VendorSheet]
    letters: list[DeadLetter]
    page: int
    """Of the letters."""
    paused: bool
    closed: bool


def jobs_view(board: JobsBoard, actor: Actor) -> View:
    overview, letters = board.overview, board.letters
    text = paragraphs(
        lines(_("🛠 <b>Jobs</b>"), *_standing(board), *_counts(overview), _oldest(overview)),
        lines(_("<b>Vendors</b>"), *map(condition, board.vendors)),
        lines(_("<b>Failed, and waiting for you</b>"), *map(_line, letters)) if letters else _("No job waits for you."),
    )
    each = [button(f"#{one.job.id}", callbacks.AdminJob(job=one.job.id)) for one in letters]
    vendors = [button(f"🏭 {vendor_label(one.name)}", OpenVendor(vendor=one.name)) for one in board.vendors]
    live = sum(overview.counts.get(state, 0) for state in states.LIVE)
    lower = [
        [button(_("🏃 Live jobs ({count})").format(count=live), LiveJobs())] if live else [],
        *in_rows_of(3, vendors),
        _switches(board) if actor.may(Right.WORK) else [],
        [button(_("‹ Back"), callbacks.AdminPlace(to="menu"))],
    ]
    return View(text, rows(*in_rows_of(3, each), _pager(overview.dead, board.page), *lower))


def retried_view(job: Job) -> View:
    text = _("🔁 It is being made again, as job #{number}. Its owner gets the clip by itself.")
    return View(text.format(number=job.id), rows([to_jobs()]))


def _standing(board: JobsBoard) -> list[str | None]:
    return [
        _("⏸ Nothing new is begun.") if board.paused else None,
        _("🚧 The house is closed to everybody but staff.") if board.closed else None,
    ]


def _switches(board: JobsBoard) -> list[Button]:
    label = _("▶️ Go on") if board.paused else _("⏸ Pause everything")
    return [
        button(label, PauseAll(pause=not board.paused)),
        button(_("🚧 Maintenance"), CloseHouse(step="look")),
    ]


def _counts(overview: Overview) -> list[str]:
    return [f"{name}: {overview.counts[state]}" for state, name in state_names().items() if overview.counts.get(state)]


def _oldest(overview: Overview) -> str | None:
    if overview.oldest_waiting_s is None:
        return None
    minutes = int(overview.oldest_waiting_s // 60)
    text = ngettext("the oldest waits for {count} minute", "the oldest waits for {count} minutes", minutes)
    return text.format(count=minutes)


def _line(letter: DeadLetter) -> str:
    job = letter.job
    return " · ".join([f"<b>#{job.id}</b>", vendor_name(job.provider), when(job), who(letter.user), _why(job)])


def _why(job: Job) -> str:
    """The reason as it stands in the log, so that it can be looked for there."""
    return f"{job.failure_reason or '?'} ({what(job)})"


def _pager(total: int, page: int) -> list[Button]:
    newer = [button(_("‹ Newer"), callbacks.AdminPlace(to="jobs", page=page - 1))] if page else []
    more = (page + 1) * PAGE < total
    return newer + ([button(_("Older ›"), callbacks.AdminPlace(to="jobs", page=page + 1))] if more else [])
