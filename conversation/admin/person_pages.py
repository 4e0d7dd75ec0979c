"""The pages behind a person's card: their ledger, jobs, payments and friends."""

from __future__ import annotations

from conversation import callbacks
from conversation.admin.moments import moment
from conversation.admin.people_views import NAME_SHOWN, day, to_card, who
from conversation.callbacks.admin_people import OpenPerson, Tab
from conversation.credit_views import entry_line
from conversation.errors import why_it_failed
from conversation.i18n import gettext as _
from conversation.receipts_view import receipt_text
from conversation.view import Button, View, button, in_rows_of, lines, paragraphs, rows, shortened, theirs
from conversation.wording import credits_
from services.jobs import states
from services.people import Page
from services.receipts import ReceiptsPage
from services.staff.rights import Actor, Right
from services.wallet import Statement
from storage.tables import Job, Referral, User


def ledger_page(user: User, statement: Statement) -> View:
    listed = [entry_line(entry) for entry in statement.entries]
    title = _("💳 <b>Ledger</b>")
    return _page(user, "ledger", title, lines(*listed), statement.page, statement.pages)


def jobs_page(user: User, page: Page[Job], actor: Actor) -> View:
    """`actor`: who looks at it."""
    each = [button(f"🛠 #{job.id}", callbacks.AdminJob(job=job.id)) for job in page.items if actor.may(Right.JOBS)]
    text = lines(*map(_job, page.items))
    return _page(user, "jobs", _("🛠 <b>Jobs</b>"), text, page.page, page.pages, each)


def payments_page(user: User, page: ReceiptsPage) -> View:
    each = [button(f"💸 {one.reference}", callbacks.AdminPayment(payment=one.payment.id)) for one in page.receipts]
    text = paragraphs(*map(receipt_text, page.receipts))
    return _page(user, "payments", _("💸 <b>Payments</b>"), text, page.page, page.pages, each)


def friends_page(user: User, page: Page[tuple[Referral, User]]) -> View:
    each = [
        button(f"#{friend.id} {shortened(friend.first_name, NAME_SHOWN)}", OpenPerson(person=friend.id))
        for _referral, friend in page.items
    ]
    text = lines(*(_friend(referral, friend) for referral, friend in page.items))
    return _page(user, "friends", _("🎁 <b>Friends they brought</b>"), text, page.page, page.pages, each)


def _page(user: User, tab: Tab, title: str, text: str, page: int, pages: int, each: list[Button] | None = None) -> View:
    newer = [button(_("‹ Newer"), OpenPerson(person=user.id, tab=tab, page=page - 1))] if page else []
    older = [button(_("Older ›"), OpenPerson(person=user.id, tab=tab, page=page + 1))] if page + 1 < pages else []
    shown = paragraphs(f"{title} · {who(user)}", text or _("There is nothing here yet."))
    return View(shown, rows(*in_rows_of(2, each or []), newer + older, [to_card(user.id)]))


def _job(job: Job) -> str:
    when = moment(job.created_at)
    names = {
        states.SUCCEEDED: _("done"),
        states.FAILED: _("failed"),
        states.CANCELLED: _("cancelled"),
        states.QUEUED: _("waiting"),
    }
    why = why_it_failed(job.failure_reason) if job.state == states.FAILED else None
    facts = [f"<b>#{job.id}</b>", when, names.get(job.state, _("being made")), credits_(job.price)]
    return lines(" · ".join(facts), why)


def _friend(referral: Referral, friend: User) -> str:
    names = {
        "joined": _("not a customer yet"),
        "vested": _("a customer: {credits} given").format(credits=credits_(referral.credits)),
        "revoked": _("their money went back, and so did the credits"),
    }
    name = theirs(friend.first_name, NAME_SHOWN)
    return f"#{friend.id} {name} · {day(referral.created_at)} · {names[referral.state]}"
