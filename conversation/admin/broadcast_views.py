"""Messages to many as staff sees them, and what stands below each of them in everybody's chat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aiogram.types import InlineKeyboardMarkup

from conversation.callbacks import AdminPlace, admin_broadcasts, news
from conversation.i18n import LANGUAGES, ngettext
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, choice, in_rows_of, lines, paragraphs, rows
from services.broadcasts.audience import Activity, Audience, Balance
from services.broadcasts.broadcasts import BroadcastView, Tally

PER_SECOND: Final = 20.0
"""How many are written to; Telegram lets a bot send about 30 messages a second, and conversations need theirs."""


def below_broadcast(broadcast_id: int) -> InlineKeyboardMarkup:
    return rows([button(_("🔕 No more news"), news.NoNews(broadcast=broadcast_id))])


def ask_view(earlier: Sequence[BroadcastView]) -> View:
    """`earlier`: those already begun, newest first."""
    text = paragraphs(
        _("📣 <b>A message to many</b>"),
        _("Send me now what they should get: a text, or one photo or video with its caption. You see it first."),
        _("Earlier ones:") if earlier else None,
    )
    return View(text, rows(*([_listed(one)] for one in earlier)))


def refused_view(why: str) -> View:
    """`why`: in Telegram's words, safe to show."""
    return View(_("Telegram won't send this ({why}). Change it and send it to me again.").format(why=why))


def one_at_a_time_view() -> View:
    return View(_("One photo or video can go out at a time. Send me a single one."))


def broadcast_view(view: BroadcastView) -> View:
    state = view.broadcast.state
    if state == "draft":
        return _aiming(view)
    if state == "dropped":
        return View(_("📣 Thrown away: nobody got it."))
    return View(paragraphs(_title(view), _facts(view.tally, over=state != "sending")), rows(_deeds(view)))


def start_question(view: BroadcastView) -> View:
    if view.people == 0:
        back = button(_("‹ Back"), admin_broadcasts.Open(broadcast=view.broadcast.id))
        return View(_("Nobody would get it. Choose others."), rows([back]))
    minutes = math.ceil(view.people / PER_SECOND / 60)
    text = paragraphs(
        ngettext("Send it to {count} person?", "Send it to {count} people?", view.people).format(count=view.people),
        lines(*_aim_in_words(view.audience)),
        ngettext(
            "It begins at once and takes about {count} minute. You can stop it.",
            "It begins at once and takes about {count} minutes. You can stop it.",
            minutes,
        ).format(count=minutes),
    )
    yes = button(
        ngettext("📣 Yes, to {count} person", "📣 Yes, to {count} people", view.people).format(count=view.people),
        admin_broadcasts.Start(broadcast=view.broadcast.id, sure=True),
    )
    return View(text, rows([yes], [button(_("‹ Back"), admin_broadcasts.Open(broadcast=view.broadcast.id))]))


def recall_question(view: BroadcastView) -> View:
    count = view.tally.recallable
    text = ngettext(
        "Delete it in {count} chat? What is older than 48 hours stays.",
        "Delete it in {count} chats? What is older than 48 hours stays.",
        count,
    ).format(count=count)
    yes = button(_("🗑 Yes, delete it"), admin_broadcasts.Recall(broadcast=view.broadcast.id, sure=True))
    return View(text, rows([yes], [button(_("‹ Back"), admin_broadcasts.Open(broadcast=view.broadcast.id))]))


def moved_view() -> View:
    return View(_("📣 This goes on further down."))


def _aiming(view: BroadcastView) -> View:
    text = paragraphs(
        _("📣 Above is what they will see. Who should get it?"),
        ngettext("<b>{count} person</b> would get it.", "<b>{count} people</b> would get it.", view.people).format(
            count=view.people
        ),
        _("Never you, nor those who blocked me, want no news or are banned."),
    )
    start = button(_("📣 Send it…"), admin_broadcasts.Start(broadcast=view.broadcast.id))
    drop = button(_("🗑 Throw away"), admin_broadcasts.Drop(broadcast=view.broadcast.id))
    return View(text, rows(*_aims(view), [start], [drop]))


def _aims(view: BroadcastView) -> list[list[Button]]:
    now = view.audience
    languages = [replace(now, language=code) for code in ("any", "en", "es", "ru")]
    activities: list[Activity] = ["any", "week", "month", "quiet"]
    balances: list[Balance] = ["any", "none", "some"]
    # Not more than two to a row: on a phone their words would be broken.
    return [
        *in_rows_of(2, [_aim(view, one, _language(one)) for one in languages]),
        *in_rows_of(2, [_aim(view, replace(now, activity=one), _activity(one)) for one in activities]),
        *in_rows_of(2, [_aim(view, replace(now, balance=one), _balance(one)) for one in balances]),
    ]


def _aim(view: BroadcastView, wanted: Audience, label: str) -> Button:
    data = admin_broadcasts.Aim(
        broadcast=view.broadcast.id, language=wanted.language, activity=wanted.activity, balance=wanted.balance
    )
    return choice(label, data, chosen=wanted == view.audience)


def _language(audience: Audience) -> str:
    return LANGUAGES.get(audience.language) or _("Everybody")


def _activity(activity: Activity) -> str:
    return {
        "any": _("Whenever they wrote"),
        "week": _("In 7 days"),
        "month": _("In 30 days"),
        "quiet": _("Not for 30 days"),
    }[activity]


def _balance(balance: Balance) -> str:
    return {"any": _("Any balance"), "none": _("0 credits"), "some": _("With credits")}[balance]


def _aim_in_words(audience: Audience) -> list[str]:
    """What narrows it down, a line each."""
    return [
        f"· {said}"
        for said, narrows in (
            (_language(audience), audience.language != "any"),
            (_activity(audience.activity), audience.activity != "any"),
            (_balance(audience.balance), audience.balance != "any"),
        )
        if narrows
    ]


def _listed(view: BroadcastView) -> Button:
    label = f"#{view.broadcast.id} · {_state(view.broadcast.state)} · {view.tally.sent + view.tally.recalled}"
    return button(label, admin_broadcasts.Open(broadcast=view.broadcast.id))


def _state(state: str) -> str:
    return {
        "sending": _("going out"),
        "stopped": _("stopped"),
        "done": _("sent"),
        "recalling": _("being deleted"),
        "recalled": _("deleted"),
    }.get(state, state)


def _title(view: BroadcastView) -> str:
    whole = _("📣 <b>Message #{number}: {state}</b>")
    return whole.format(number=view.broadcast.id, state=_state(view.broadcast.state))


def _facts(tally: Tally, *, over: bool) -> str:
    """`over`: whoever is left in the middle of being written to stays so."""
    unsure = tally.unsure + (tally.sending if over else 0)
    under_way = 0 if over else tally.sending
    facts = [
        (_("✅ Sent: {count}"), tally.sent, True),
        (_("🗑 Deleted: {count}"), tally.recalled, tally.recalled > 0),
        (_("🚫 Blocked me: {count}"), tally.blocked, True),
        (_("⚠️ Failed: {count}"), tally.failed, True),
        (_("❔ Unclear whether it arrived, not sent again: {count}"), unsure, unsure > 0),
        (_("⏳ Waiting: {count}"), tally.waiting + under_way, True),
        (_("👥 In all: {count}"), tally.people, True),
    ]
    return lines(*(text.format(count=count) for text, count, shown in facts if shown))


def _deeds(view: BroadcastView) -> list[Button]:
    number, state = view.broadcast.id, view.broadcast.state
    if state == "sending":
        return [button(_("⏹ Stop"), admin_broadcasts.Stop(broadcast=number))]
    if state in ("stopped", "done") and view.tally.recallable:
        return [button(_("🗑 Delete it everywhere…"), admin_broadcasts.Recall(broadcast=number))]
    return [button(_("📣 Messages to many"), AdminPlace(to="broadcast"))] if state != "recalling" else []
