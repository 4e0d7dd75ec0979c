"""What a draft's card says of the language model: better words to choose, and the look before anything is spent."""

from __future__ import annotations

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, lines, paragraphs, rows, theirs
from services.cards import DraftCard
from services.inquiries.shown import Offer

OWN_SHOWN, EARLIER_SHOWN, BETTER_SHOWN, CHECKED_SHOWN = 230, 130, 330, 480
"""UTF-16 units of each text on a card: all of them have to fit into one caption."""


def checking_view(card: DraftCard, facts: str) -> View:
    """While photo and words are looked at. What was ordered begins by itself, or is called off here."""
    words = theirs(card.draft.prompt, CHECKED_SHOWN)
    text = paragraphs(
        lines(_("👀 <b>Checking…</b>"), quote(words)),
        _("A quick look at your photo and words. Nothing is charged before that."),
        facts,
    )
    return View(text, rows([button(_("✖️ Cancel"), callbacks.CancelDraft(draft=card.draft.id))]))


def offer_view(card: DraftCard, offer: Offer) -> View:
    """Better words beside the draft's own, which may be others by now than those it was asked about."""
    draft, changed = card.draft, offer.made_of != card.draft.prompt
    earlier = [_("Made of what you wrote before:"), quote(theirs(offer.made_of, EARLIER_SHOWN))] if changed else []
    text = paragraphs(
        _("✨ <b>How about this?</b>"),
        lines(quote(theirs(offer.words, BETTER_SHOWN)), *earlier),
        lines(_("Your words now:"), quote(theirs(draft.prompt, OWN_SHOWN)) or "—"),
    )
    use = callbacks.UseBetter(inquiry=offer.inquiry_id, over=changed)
    keep = button(_("Keep mine"), callbacks.KeepMine(inquiry=offer.inquiry_id))
    again = callbacks.Improve(draft=draft.id, after=offer.inquiry_id)
    another = [button(_("🔁 Another"), again)] if draft.prompt else []
    label = _("✨ Use it instead of mine") if changed else _("✨ Use it")
    return View(text, rows([button(label, use)], [keep, *another]))


def improve_row(card: DraftCard) -> list[Button]:
    """Only where there are words to improve, somebody to do it, and who is not at it already."""
    thinking = card.thinking
    if thinking is None or thinking.improving or not card.draft.prompt:
        return []
    return [button(_("✨ Improve my words"), callbacks.Improve(draft=card.draft.id, after=thinking.newest))]


def thinking_news(card: DraftCard) -> str | None:
    """What came of the last question, as long as it is about these words."""
    thinking = card.thinking
    if thinking is None:
        return None
    if thinking.refused:
        return _("🚫 I can't make a clip of this photo with these words. Other words may do. Nothing was charged.")
    if thinking.unsure:
        return _("🤔 I couldn't check it just now, so nothing was charged. Please try again in a moment.")
    if thinking.improving:
        return _("✨ Thinking of better words…")
    return _("🤔 No better words came to me this time. Yours are as they were.") if thinking.stuck else None


def quote(words: str) -> str | None:
    return f"<blockquote>{words}</blockquote>" if words else None
