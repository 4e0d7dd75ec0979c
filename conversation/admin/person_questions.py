"""What is asked before something is done to a person: what it will do."""

from __future__ import annotations

from conversation.admin.people_views import to_card, who
from conversation.callbacks.admin_people import Adjust, Deed, Do, SendText
from conversation.i18n import gettext as _
from conversation.mydata_views import what_goes
from conversation.view import Button, View, button, paragraphs, rows, theirs
from conversation.wording import credits_
from services.helping import MESSAGE_LIMIT
from services.people import Person
from storage.tables import User


def ask_credits_view(person: Person) -> View:
    text = _(
        "How many credits, and why? <code>5 a clip came out broken</code> gives, <code>-5 given twice</code> takes: "
        "{who} has {credits}. Why is for our log only. /cancel leaves it."
    )
    return View(text.format(who=who(person.user), credits=credits_(person.balance.available)))


def ask_message_view(user: User) -> View:
    text = _("Write what {who} shall read, as one message of at most {count} characters. /cancel leaves it.")
    return View(text.format(who=who(user), count=MESSAGE_LIMIT))


def credits_question(user: User, amount: int, reason: str) -> View:
    """`amount`: below 0 it is taken."""
    give = _("Give {credits} to {who}? What they owe is paid first, and they are told.")
    take = _("Take {credits} from {who}? They are told.")
    text = (give if amount > 0 else take).format(credits=credits_(abs(amount)), who=who(user))
    yes = button(_("✅ Yes"), Adjust(person=user.id, amount=abs(amount), give=amount > 0))
    return View(paragraphs(text, f"<blockquote>{theirs(reason, 200)}</blockquote>"), rows([yes], [_no(user.id)]))


def message_question(user: User) -> View:
    yes = button(_("✅ Yes, send it"), SendText(person=user.id))
    return View(_("Send this to {who}?").format(who=who(user)), rows([yes], [_no(user.id)]))


def deed_question(person: Person, deed: Deed) -> View:
    questions = {
        "ban": _(
            "Ban {who}? What is being made for them is cancelled, and nothing they send is answered. Their credits "
            "stay theirs."
        ),
        "unban": _("Unban {who}? Everything works for them again."),
        "export": _("Send a file with all that is kept of {who} into this chat? It holds their words and payments."),
        "delete": _("Delete all that is kept of {who} ({credits})? Nobody can bring it back."),
    }
    text = questions[deed].format(who=who(person.user), credits=credits_(person.balance.available))
    yes = button(_("✅ Yes"), Do(person=person.user.id, deed=deed, sure=True))
    return View(paragraphs(text, what_goes() if deed == "delete" else None), rows([yes], [_no(person.user.id)]))


def data_view(user: User) -> View:
    copy = button(_("📥 Get a copy"), Do(person=user.id, deed="export"))
    delete = button(_("🗑 Delete everything…"), Do(person=user.id, deed="delete"))
    return View(_("🗂 The data of {who}").format(who=who(user)), rows([copy], [delete], [to_card(user.id)]))


def _no(user_id: int) -> Button:
    return to_card(user_id, _("‹ No"))
