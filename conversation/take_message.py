"""The message a finished clip arrives with: its receipt, and what can be done with it."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup

from conversation import callbacks
from conversation.errors import why_it_failed
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import View, button, paragraphs, rows, theirs
from conversation.wording import credits_, maker, project_html
from services.takes import TakeView
from storage.tables import Job

PROMPT_SHOWN = 480


def take_view(view: TakeView, *, available: int | None = None) -> View:
    """A take as it stands. `available` (credits) is what the receipt says is left, on the day it arrives."""
    take = view.take
    if take.erased_at is not None:
        return View(_("🗑 This clip was deleted for good."))
    if take.discarded_at is not None:
        keep = button(_("↩️ Keep it after all"), callbacks.KeepAfterAll(take=take.id))
        return View(_("🗑 Discarded"), rows([keep]))
    prompt = theirs(take.prompt, PROMPT_SHOWN)
    facts = " · ".join(filter(None, [_number(view), _receipt(view, available)]))
    quote = f"<blockquote>{prompt}</blockquote>" if prompt else None
    return View(paragraphs(quote, _place(view), facts), _keyboard(view))


def failed_view(job: Job) -> View:
    """The message that tells of a clip that was not to be; the card above can be tried again."""
    text = ngettext(
        "⚠️ {why} {count} credit is back in your balance.",
        "⚠️ {why} {count} credits are back in your balance.",
        job.price,
    )
    return View(text.format(why=why_it_failed(job.failure_reason), count=job.price))


def _number(view: TakeView) -> str | None:
    number, count = view.take.number, view.takes_of_draft
    if number == count == 1:
        return None
    if number <= count:
        return _("Take {number} of {count}").format(number=number, count=count)
    return _("Take {number}").format(number=number)


def _receipt(view: TakeView, available: int | None) -> str:
    if view.take.gift:
        return _("🎁 It came late, so it's on the house")
    if view.job.retry_of is not None:
        return _("🎁 Done over, on the house")
    cost = _cost(view.job)
    if available is None:
        return cost
    return _("{cost}, {count} left").format(cost=cost, count=available)


def _cost(job: Job) -> str:
    if job.charge is None or job.charge == job.price:
        return credits_(job.price)
    text = _("made by {maker} for {charge} instead of {price}")
    return text.format(maker=theirs(maker(job.provider), 32), charge=credits_(job.charge), price=job.price)


def _place(view: TakeView) -> str | None:
    if view.project is None:
        return None
    text = _("✓ In “{project}” · clip {position}")
    return text.format(project=project_html(view.project), position=view.position)


def _keyboard(view: TakeView) -> InlineKeyboardMarkup:
    take = view.take
    again = button(_("🔁 Again"), callbacks.Again(take=take.id, draft=view.draft.id, round=view.draft.round))
    change = button(_("✏️ Change prompt"), callbacks.ChangePrompt(take=take.id))
    if view.project is not None:
        return rows([again, change], [button(_("📁 Open project"), callbacks.OpenProject(project=view.project.id))])
    approve = button(_("✅ Approve"), callbacks.Approve(take=take.id))
    return rows([approve, again], [change, button(_("🗑 Discard"), callbacks.Discard(take=take.id))])
