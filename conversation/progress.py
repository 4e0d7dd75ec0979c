"""How the work on a clip goes, in words: the same for a card of its own and for a line of an album's card."""

from __future__ import annotations

from conversation.i18n import gettext as _
from conversation.wording import bar, time_left
from services.cards import Work
from services.jobs import states


def progress(work: Work) -> str:
    """One or two lines for a card of its own."""
    if work.cancelling:
        return _("⏹ Cancelling…")
    if work.held_up:
        return _("⏸ Paused for a moment: it goes on by itself, and till then nothing is charged.")
    if work.state == states.QUEUED:
        return f"⏳ {place(work.ahead)}"
    if work.state == states.UNKNOWN:
        return _("⏳ Waiting for the studio to answer…")
    if work.state == states.STORING:
        return _("📦 Almost there: checking the clip…")
    left = f" · {time_left(work.seconds_left)}" if work.seconds_left is not None else ""
    return bar(work.progress) + left


def progress_short(work: Work) -> str:
    """A few words for a line among others."""
    if work.cancelling:
        return _("cancelling…")
    if work.held_up:
        return _("paused for a moment")
    if work.state in (states.QUEUED, states.UNKNOWN):
        return _("waiting")
    return f"{int(min(max(work.progress, 0.0), 1.0) * 100)} %"


def place(ahead: int) -> str:
    if ahead == 0:
        return _("You're next in the queue")
    return _("In the queue: {count} before you").format(count=ahead)
