"""/mydata: a copy of what is kept of somebody, and its end."""

from __future__ import annotations

from conversation.callbacks.mydata import MyData
from conversation.i18n import gettext as _
from conversation.view import View, button, lines, paragraphs, rows


def mydata_view() -> View:
    text = paragraphs(
        _("🗂 <b>Your data</b>"),
        _("You can have a copy of all that is kept about you, as a file, or have it deleted."),
    )
    copy = button(_("📥 Send me a copy"), MyData(what="copy"))
    return View(text, rows([copy], [button(_("🗑 Delete everything…"), MyData(what="delete"))]))


def delete_question() -> View:
    text = paragraphs(_("🗑 <b>Delete everything?</b>"), what_goes())
    yes = button(_("🗑 Yes, delete it"), MyData(what="really"))
    return View(text, rows([yes], [button(_("‹ No"), MyData(what="show"))]))


def second_question() -> View:
    """After the first was answered with yes."""
    text = _("Are you sure? Nobody can bring it back, not even we. Is there a clip you want to keep? Save it first.")
    yes = button(_("🗑 Delete it for good"), MyData(what="gone"))
    return View(text, rows([button(_("‹ No, keep everything"), MyData(what="show"))], [yes]))


def deleted_view() -> View:
    return View(_("🗑 It is deleted. Take care! Should you come back, write /start."))


def copy_caption() -> str:
    return _("📥 All that is kept about you. Your photos and clips are in this chat.")


def what_goes() -> str:
    return lines(
        _("• Photos, words, clips, projects, films and links to them go, within minutes."),
        _("• What is being made is cancelled, and its credits come back."),
        _("• Payments and credits stay in the books, without a name. Credits that are left wait for a return."),
        _("• Payments in Stars can't be refunded any more."),
        _("• Messages already in the chat stay there: those only Telegram can delete."),
    )
