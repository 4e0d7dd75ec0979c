"""What has to be said: how to reach us, what happens to money, what is kept, and on what terms."""

from __future__ import annotations

import html
from collections.abc import Sequence

from conversation.i18n import gettext as _
from conversation.receipts_view import receipt_text
from conversation.view import View, lines, paragraphs
from services.receipts import Receipt

LISTED = 3
"""Payments in /paysupport; the rest are in the receipts."""


def support_view(contact: str | None, own: str | None = None) -> View:
    """`contact`: of the owners; None where the next message is passed on to them. `own`: what they say first, as HTML.

    How they are reached is said in any case.
    """
    first = own or _("💬 <b>Support</b>")
    if contact is not None:
        return View(paragraphs(first, _write_to(contact)))
    ask = _("Write your question as one message, and I'll pass it on to the people behind this bot.")
    return View(paragraphs(first, ask, _("Is it about a payment? See /paysupport first.")))


def passed_on_view(reference: str) -> View:
    text = _("📨 I passed it on, and somebody will write to you. Reference: {reference}")
    return View(text.format(reference=reference))


def paysupport_view(receipts: Sequence[Receipt], contact: str | None) -> View:
    """`receipts`: newest first."""
    listed = [receipt_text(one) for one in receipts[:LISTED]]
    last = paragraphs(_("Your last payments:"), *listed) if listed else _("You have no payments here yet.")
    ask = _("Tell us the payment's reference and what is wrong.")
    return View(
        paragraphs(
            _("💳 <b>Help with payments</b>"),
            lines(
                _("Credits not here yet? A payment can take a few minutes, with some banks days."),
                _("Want your money back? Ask, and it goes back the way you paid, for credits you haven't used."),
            ),
            lines(ask, _write_to(contact) if contact else _("Write to us: /support")),
            _("Telegram's own support can't help with payments to this bot."),
            last,
        )
    )


def terms_view(own: str | None = None) -> View:
    """`own`: what the owners say in place of ours, as HTML."""
    if own is not None:
        return View(own)
    return View(
        paragraphs(
            _("📄 <b>Terms</b>"),
            _("Credits pay for clips. The price is on the button before you tap, and a clip that fails costs nothing."),
            _("Send only photos that are yours to use, and of people who agree. What is against the law isn't made."),
            _("Your clips are yours. How they turn out can't be promised."),
            _("Credits can't be sold or passed on. If a payment is taken back, its credits go with it."),
            _("Something wrong with a payment? See /paysupport"),
        )
    )


def privacy_view(contact: str | None, own: str | None = None) -> View:
    """`own`: what the owners say in place of ours, as HTML."""
    if own is not None:
        return View(own)
    ask = _("Any questions about it? Write to us: {contact}")
    return View(
        paragraphs(
            _("🔒 <b>Privacy</b>"),
            lines(
                _("What is kept:"),
                _("• your Telegram id, name and language"),
                _("• your photos, without the place they were taken at, your words and your clips"),
                _("• what you paid and what it was for; your card's number never gets here"),
            ),
            _("It is used to make your clips, to keep your credits right and to answer you. Nothing else, and no ads."),
            _("Your photos and words go to the studio that makes the clip, and payments by card to Stripe."),
            lines(
                _("Want a copy of it, or all of it deleted? /mydata"),
                ask.format(contact=_shown(contact) if contact else "/support"),
            ),
        )
    )


def _write_to(contact: str) -> str:
    return _("Write to {contact}").format(contact=_shown(contact))


def _shown(contact: str) -> str:
    return html.escape(contact, quote=False)
