"""What owners see of the job service: how it is doing, and the jobs that failed through nobody's fault."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_datetime

from conversation import callbacks
from conversation.errors import why_it_failed
from conversation.i18n import gettext as _
from conversation.i18n import language_now, ngettext
from conversation.view import Button, View, button, lines, paragraphs, rows, theirs
from conversation.wording import credits_, maker
from services.jobs import states
from services.jobs.dead import PAGE, DeadLetter, Overview
from services.jobs.health import Condition
from storage.tables import Job

NAME_SHOWN, PROMPT_SHOWN = 40, 200


def jobs_view(overview: Overview, letters: list[DeadLetter], page: int) -> View:
    text = paragraphs(
        lines(_("🛠 <b>Jobs</b>"), *_counts(overview), _oldest(overview)),
        lines(_("<b>Vendors</b>"), *map(_condition, overview.vendors)) if overview.vendors else None,
        lines(_("<b>Failed, and waiting for you</b>"), *map(_line, letters)) if letters else _("No job waits for you."),
    )
    each = [[button(f"#{one.job.id}", callbacks.AdminJob(job=one.job.id)) for one in letters]]
    back = button(_("‹ Back"), callbacks.AdminPlace(to="menu"))
    return View(text, rows(*each, _pager(overview.dead, page), [back]))


def dead_letter_view(letter: DeadLetter) -> View:
    job, prompt = letter.job, theirs(letter.job.params.get("prompt", ""), PROMPT_SHOWN)
    text = paragraphs(
        lines(_("⚰️ <b>Job #{number}</b>").format(number=job.id), _who(letter), _when(job), _what(job)),
        f"<blockquote>{prompt}</blockquote>" if prompt else None,
        lines(why_it_failed(job.failure_reason), _tried(job)),
        f"<code>{theirs(job.external_id, 200)}</code>" if job.external_id else None,
    )
    retry = button(_("🔁 Retry on the house"), callbacks.AdminRetry(job=job.id))
    return View(text, rows([retry], [_to_jobs()]))


def retry_question(letter: DeadLetter) -> View:
    text = _("Make it again for {who}? The house pays {credits}, and they get the clip as soon as it's done.")
    if not letter.job.price:
        text = _("Make it again for {who}? It costs nothing, and they get the film as soon as it's done.")
    shown = text.format(who=theirs(letter.user.first_name, NAME_SHOWN), credits=credits_(letter.job.price))
    yes = button(_("✅ Yes, make it again"), callbacks.AdminRetry(job=letter.job.id, sure=True))
    return View(shown, rows([yes], [button(_("‹ No"), callbacks.AdminJob(job=letter.job.id))]))


def retried_view(job: Job) -> View:
    text = _("🔁 It is being made again, as job #{number}. Its owner gets the clip by itself.")
    return View(text.format(number=job.id), rows([_to_jobs()]))


def _counts(overview: Overview) -> list[str]:
    names = {
        states.QUEUED: _("waiting"),
        states.SUBMITTING: _("being handed over"),
        states.RUNNING: _("being made"),
        states.STORING: _("being checked and stored"),
        states.UNKNOWN: _("nobody knows"),
        states.SUCCEEDED: _("done"),
        states.FAILED: _("failed"),
        states.CANCELLED: _("cancelled"),
    }
    return [f"{names[state]}: {overview.counts[state]}" for state in names if overview.counts.get(state)]


def _oldest(overview: Overview) -> str | None:
    if overview.oldest_waiting_s is None:
        return None
    minutes = int(overview.oldest_waiting_s // 60)
    text = ngettext("the oldest waits for {count} minute", "the oldest waits for {count} minutes", minutes)
    return text.format(count=minutes)


def _condition(vendor: Condition) -> str:
    name = theirs(maker(vendor.name), NAME_SHOWN)
    if vendor.rests_until is not None and vendor.rests_until > datetime.now(UTC):
        until = format_datetime(vendor.rests_until, format="short", locale=language_now())
        return _("🩹 {vendor}: left alone until {time} UTC, {problem}").format(
            vendor=name, time=until, problem=_problem(vendor)
        )
    if not vendor.doubtful:
        return _("✅ {vendor}: works").format(vendor=name)
    text = ngettext(
        "⚠️ {vendor}: failed {count} time in a row, {problem}",
        "⚠️ {vendor}: failed {count} times in a row, {problem}",
        vendor.failures,
    )
    return text.format(vendor=name, count=vendor.failures, problem=_problem(vendor))


def _problem(vendor: Condition) -> str:
    """The reason as it stands in the log, so that it can be looked for there."""
    return theirs(vendor.last_problem or "?", NAME_SHOWN)


def _line(letter: DeadLetter) -> str:
    return f"<b>#{letter.job.id}</b> · {_when(letter.job)} · {_who(letter)} · {letter.job.failure_reason}"


def _what(job: Job) -> str:
    """What was to be made, by its price: only films cost nothing."""
    return credits_(job.price) if job.price else _("🎬 a film")


def _who(letter: DeadLetter) -> str:
    return f"👤 {theirs(letter.user.first_name, NAME_SHOWN)} · <code>{letter.user.telegram_id}</code>"


def _when(job: Job) -> str:
    return format_datetime(job.finished_at or job.created_at, format="short", locale=language_now())


def _tried(job: Job) -> str:
    vendors = " → ".join(theirs(maker(name), NAME_SHOWN) for name in [*job.tried, job.provider])
    return _("Tried: {vendors}").format(vendors=vendors)


def _pager(total: int, page: int) -> list[Button]:
    newer = [button(_("‹ Newer"), callbacks.AdminJobs(page=page - 1))] if page else []
    more = (page + 1) * PAGE < total
    return newer + ([button(_("Older ›"), callbacks.AdminJobs(page=page + 1))] if more else [])


def _to_jobs() -> Button:
    return button(_("‹ All jobs"), callbacks.AdminJobs())
