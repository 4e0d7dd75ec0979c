"""Promo codes as those see them who make them."""

from __future__ import annotations

from babel.dates import format_date

from conversation.i18n import gettext as _
from conversation.i18n import language_now, ngettext
from conversation.view import View, lines, paragraphs
from conversation.wording import credits_
from storage.tables import PromoCode

SHOWN = 30


def made_view(promo: PromoCode) -> View:
    return View(paragraphs(_("🎟 Made. People type it after /credits, or tap “Enter a code” there."), _line(promo)))


def promos_view(promos: list[PromoCode]) -> View:
    """The newest first."""
    if not promos:
        return View(paragraphs(_("🎟 There are no promo codes yet."), _how()))
    return View(paragraphs(_("🎟 <b>Promo codes</b>"), lines(*(_line(promo) for promo in promos[:SHOWN])), _how()))


def stopped_view(*, known: bool) -> View:
    text = _("🎟 Stopped: nobody can use it any more.") if known else _("There is no such code. See /promos.")
    return View(text)


def promo_help_view() -> View:
    return View(paragraphs(_("I couldn't read that."), _how()))


def _how() -> str:
    return lines(
        _("<code>/promos SUMMER 5</code> – 5 credits for everybody, once each"),
        _("<code>/promos SUMMER 5 100 30 new</code> – for the first 100, for 30 days, only for new people"),
        _("<code>/promos stop SUMMER</code> – end it"),
    )


def _line(promo: PromoCode) -> str:
    used = (
        _("{count} of {most} used").format(count=promo.uses, most=promo.max_uses)
        if promo.max_uses
        else ngettext("{count} used", "{count} used", promo.uses).format(count=promo.uses)
    )
    until = (
        _("until {date}").format(date=format_date(promo.expires_at, format="medium", locale=language_now()))
        if promo.expires_at
        else None
    )
    facts = [
        credits_(promo.credits),
        used,
        until,
        _("new people only") if promo.new_users_only else None,
        None if promo.active else _("stopped"),
    ]
    return f"<code>{promo.code}</code> · " + " · ".join(fact for fact in facts if fact)
