"""Live jobs in a list, any one job on a page of its own, and what is asked before something is done to it."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import callbacks
from conversation.admin.job_words import age, state_name, to_jobs, vendor_label, vendor_name, what, when, who
from conversation.callbacks.admin_jobs import FailJob, LiveJobs, MoveJob
from conversation.callbacks.admin_people import OpenPerson
from conversation.errors import why_it_failed
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows, theirs
from conversation.wording import credits_
from services.jobs import states
from services.jobs.sheets import PAGE, Sheet
from services.staff.rights import Actor, Right
from storage.tables import Job

PROMPT_SHOWN = 200


def live_jobs_view(listed: Sequence[Sheet], total: int, page: int) -> View:
    text = paragraphs(_("🏃 <b>Live jobs</b>"), lines(*map(_line, listed)) or _("There are none right now."))
    each = [button(f"#{one.job.id}", callbacks.AdminJob(job=one.job.id)) for one in listed]
    older = [button(_("‹ Older"), LiveJobs(page=page - 1))] if page else []
    newer = [button(_("Newer ›"), LiveJobs(page=page + 1))] if (page + 1) * PAGE < total else []
    return View(text, rows(*in_rows_of(3, each), older + newer, [to_jobs()]))


def job_view(sheet: Sheet, actor: Actor) -> View:
    job, prompt = sheet.job, theirs(sheet.job.params.get("prompt", ""), PROMPT_SHOWN)
    text = paragraphs(
        lines(_("⚙️ <b>Job #{number}</b>").format(number=job.id), who(sheet.user), when(job), what(job)),
        f"<blockquote>{prompt}</blockquote>" if prompt else None,
        lines(f"{state_name(job)} · {age(sheet.age_s)}", _why(job), _tried(job)),
        f"<code>{theirs(job.external_id, 200)}</code>" if job.external_id else None,
    )
    deeds = _deeds(sheet) if actor.may(Right.WORK) else []
    person = [button(f"👤 #{sheet.user.id}", OpenPerson(person=sheet.user.id))] if actor.may(Right.PEOPLE) else []
    return View(text, rows(*deeds, person, [to_jobs()]))


def retry_question(sheet: Sheet) -> View:
    text = _("Make it again for {who}? The house pays {credits}, and they get the clip as soon as it's done.")
    if not sheet.job.price:
        text = _("Make it again for {who}? It costs nothing, and they get the film as soon as it's done.")
    yes = button(_("✅ Yes, make it again"), callbacks.AdminRetry(job=sheet.job.id, sure=True))
    return _question(text, sheet, yes)


def fail_question(sheet: Sheet) -> View:
    text = _("End it now? {who} gets {credits} back and is told that it could not go on.")
    if not sheet.job.price:
        text = _("End it now? {who} is told that it could not go on.")
    return _question(text, sheet, button(_("✅ Yes, end it"), FailJob(job=sheet.job.id, sure=True)))


def move_question(sheet: Sheet, vendor: str) -> View:
    text = _(
        "Have {vendor} make it for {who}, from the start? It costs them no more than was shown. What {old} has of it "
        "is dropped, and may have to be paid."
    )
    names = {"vendor": vendor_name(vendor), "old": vendor_name(sheet.job.provider)}
    yes = button(_("✅ Yes, move it"), MoveJob(job=sheet.job.id, vendor=vendor, sure=True))
    return _question(text, sheet, yes, **names)


def _question(text: str, sheet: Sheet, yes: Button, **names: str) -> View:
    shown = text.format(who=theirs(sheet.user.first_name, 40), credits=credits_(sheet.job.price), **names)
    return View(shown, rows([yes], [button(_("‹ No"), callbacks.AdminJob(job=sheet.job.id))]))


def _deeds(sheet: Sheet) -> list[list[Button]]:
    job = sheet.job
    if not sheet.live:
        again = button(_("🔁 Retry on the house"), callbacks.AdminRetry(job=job.id))
        return [[again]] if sheet.can_be_done_over else []
    moves = [
        button(_("➡️ Move to {vendor}").format(vendor=vendor_label(vendor)), MoveJob(job=job.id, vendor=vendor))
        for vendor in sheet.takers
    ]
    return [[button(_("⏹ End it, credits back"), FailJob(job=job.id))], *in_rows_of(2, moves)]


def _line(sheet: Sheet) -> str:
    job = sheet.job
    facts = [f"<b>#{job.id}</b>", theirs(sheet.user.first_name, 40), vendor_name(job.provider), state_name(job)]
    return " · ".join([*facts, age(sheet.age_s)])


def _why(job: Job) -> str | None:
    return why_it_failed(job.failure_reason) if job.state == states.FAILED else None


def _tried(job: Job) -> str:
    vendors = " → ".join(map(vendor_name, [*job.tried, job.provider]))
    return _("Tried: {vendors}").format(vendors=vendors)
