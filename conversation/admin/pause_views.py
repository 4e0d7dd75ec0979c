"""Beginning nothing new for a while, and closing the house: how it stands, and what is asked before."""

from __future__ import annotations

import html

from conversation import callbacks
from conversation.admin.job_words import to_jobs, vendor_name
from conversation.admin.vendor_views import deadlines_go_on
from conversation.callbacks.admin_jobs import CloseHouse, PauseAll
from conversation.callbacks.fields import mark
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import Button, View, button, paragraphs, rows, shortened
from services.live.values import Values

WORDS_SHOWN, LONGEST_WORDS = 3000, 3000


def closed_news(words: str | None) -> str | None:
    """For the menu: nobody should forget it."""
    return _("🚧 The house is closed to everybody but staff: /jobs opens it again.") if words else None


def paused_news(values: Values) -> str | None:
    if values.paused:
        return _("⏸ Nothing new is begun: /jobs lets it go on.")
    vendors = ", ".join(map(vendor_name, values.paused_makers))
    return _("⏸ Given nothing new: {vendors}").format(vendors=vendors) if vendors else None


def pause_question(waiting: int, *, pause: bool) -> View:
    """`waiting`: jobs that are not begun yet."""
    counted = ngettext("{count} job waits.", "{count} jobs wait.", waiting).format(count=waiting)
    text = _("Go on? What waits is begun.")
    if pause:
        text = _(
            "Begin nothing new? What vendors have is still finished and delivered. What is ordered waits, and people "
            "see that it does."
        )
    yes = button(_("✅ Yes"), PauseAll(pause=pause, sure=True))
    no = button(_("‹ No"), callbacks.AdminPlace(to="jobs"))
    return View(paragraphs(text, counted, deadlines_go_on() if pause else None), rows([yes], [no]))


def closing_view(words: str | None) -> View:
    title, write = _("🚧 <b>Maintenance</b>"), button(_("✍️ Write what people shall read"), CloseHouse(step="write"))
    if words is None:
        about = _(
            "The house is open. While it is closed, everybody but staff gets your words as the only answer, and nobody "
            "can order or pay. Jobs that were ordered, their delivery and payments that were made go on."
        )
        return View(paragraphs(title, about), rows([write], [to_jobs()]))
    text = paragraphs(title, _("The house is closed. Everybody but staff gets:"), _quoted(words))
    reopen = button(_("✅ Open the house"), CloseHouse(step="open"))
    return View(text, rows([reopen], [write], [to_jobs()]))


def ask_words_view() -> View:
    text = _(
        "Write what everybody else shall read while the house is closed, for all languages, in at most {count} "
        "characters. Buttons show the first 200. /cancel leaves it."
    )
    return View(text.format(count=LONGEST_WORDS))


def close_question(words: str) -> View:
    text = _("Close the house to everybody but staff? They get this:")
    yes = button(_("🚧 Yes, close it"), CloseHouse(step="close", sure=True, mark=mark(words)))
    return View(paragraphs(text, _quoted(words)), rows([yes], [_no()]))


def open_question() -> View:
    yes = button(_("✅ Yes"), CloseHouse(step="open", sure=True))
    return View(_("Open the house? Everybody can order and pay again."), rows([yes], [_no()]))


def _no() -> Button:
    return button(_("‹ No"), CloseHouse(step="look"))


def _quoted(words: str) -> str:
    """As they are, with their line breaks: staff wrote them."""
    return f"<blockquote>{html.escape(shortened(words, WORDS_SHOWN), quote=False)}</blockquote>"
