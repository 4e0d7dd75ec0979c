"""The draft card: a photo, what should happen in it, and then how the work goes. One message that changes."""

from __future__ import annotations

from conversation import callbacks
from conversation.buy_views import get_credits
from conversation.errors import why_it_failed
from conversation.i18n import gettext as _
from conversation.progress import progress
from conversation.thinking_view import checking_view, improve_row, offer_view, quote, thinking_news
from conversation.view import Button, View, button, choice, in_rows_of, lines, paragraphs, rows, shortened, theirs
from conversation.wording import credits_, seconds, shape
from services.cards import DraftCard
from services.jobs import states

PROMPT_SHOWN = 480
"""UTF-16 units of the prompt a card shows: the rest of the caption needs the rest of the room."""


def ideas() -> list[tuple[str, str]]:
    """For those who have none: a button's label, and the prompt it writes."""
    return [
        (_("🔍 Zoom in"), _("slow zoom in, soft light leak")),
        (_("❄️ Snowfall"), _("gentle snow, slow zoom out")),
        (_("✨ Magic"), _("orbit around, sparkles")),
    ]


def draft_view(card: DraftCard) -> View:
    """The card as the draft stands."""
    if card.work is not None and card.work.live:
        return _working(card)
    if card.thinking is not None and card.thinking.checking:
        return checking_view(card, _facts(card))
    if card.draft.state == "closed":
        back = button(_("↩️ Bring it back"), callbacks.BringBack(draft=card.draft.id))
        return View(_("🗑 Draft put away."), rows([back]))
    if card.thinking is not None and card.thinking.offer is not None:
        return offer_view(card, card.thinking.offer)
    return _open(card)


def done_view() -> View:
    """What a card becomes once its clip has arrived below it."""
    return View(_("✅ Done. Your clip is below 👇"))


def continued_view() -> View:
    """What a card becomes when a newer card of the same draft or album was sent."""
    return View(_("👇 This goes on in a newer message."))


def _open(card: DraftCard) -> View:
    draft = card.draft
    title = _("🎬 <b>New clip</b>") if not card.takes else _("🎬 <b>Another take</b>")
    text = paragraphs(_news(card), lines(title, _prompt(card) or _hint()), lines(_facts(card), _money(card)))
    tries_again = card.work is not None and card.work.state == states.FAILED
    label = _("🔁 Try again · {price}") if tries_again else _("🎬 Generate · {price}")
    generate = callbacks.GenerateFor(draft=draft.id, round=draft.round, price=card.price)
    keyboard = rows(
        *_idea_rows(card),
        improve_row(card),
        *_model_rows(card),
        _length_row(card),
        _shape_row(card),
        [button(label.format(price=credits_(card.price)), generate)],
        [get_credits(draft=draft.id)] if card.available < card.price else [],
        [button(_("🗑 Discard draft"), callbacks.PutAway(draft=draft.id))],
    )
    return View(text, keyboard)


def _working(card: DraftCard) -> View:
    assert card.work is not None  # noqa: S101 - for the type checker: only called for live work
    text = paragraphs(lines(_("🎬 <b>Making your clip</b>"), _prompt(card)), progress(card.work), _facts(card))
    cancel = button(_("✖️ Cancel"), callbacks.CancelDraft(draft=card.draft.id))
    return View(text, None if card.work.cancelling else rows([cancel]))


def _news(card: DraftCard) -> str | None:
    """What came of the last question to the language model; else how the last try ended, if there was no other."""
    if (said := thinking_news(card)) is not None:
        return said
    if card.work is None:
        return None
    if card.work.state == states.FAILED:
        return _("⚠️ {why} Your credits are back.").format(why=why_it_failed(card.work.failure_reason))
    if card.work.state == states.CANCELLED:
        return _("⏹ Cancelled. Your credits are back.")
    return None


def _prompt(card: DraftCard) -> str | None:
    return quote(theirs(card.draft.prompt, PROMPT_SHOWN))


def _hint() -> str:
    return _("Write me what should happen, or tap an idea. No idea at all? Just generate: I'll pick a gentle move.")


def _facts(card: DraftCard) -> str:
    facts = [seconds(card.duration_s), shape(card.shape)]
    if len(card.models) > 1:
        facts.append(theirs(card.model.name, 40))
    return " · ".join(facts)


def _money(card: DraftCard) -> str:
    enough = card.available >= card.price
    text = _("Costs {price}. You have {count}.") if enough else _("Costs {price}. You have {count}: not enough yet.")
    return text.format(price=credits_(card.price), count=card.available)


def _idea_rows(card: DraftCard) -> list[list[Button]]:
    if card.draft.prompt:
        return []
    taps = [callbacks.UseIdea(draft=card.draft.id, idea=number) for number in range(len(ideas()))]
    return [[button(label, tap) for (label, _prompt_text), tap in zip(ideas(), taps, strict=True)]]


def _model_rows(card: DraftCard) -> list[list[Button]]:
    if len(card.models) < 2:
        return []
    choices = [
        choice(
            shortened(model.name, 30),
            callbacks.ChooseModel(draft=card.draft.id, model=callbacks.model_mark(model.key)),
            chosen=model.key == card.model.key,
        )
        for model in card.models
    ]
    return in_rows_of(2, choices)


def _length_row(card: DraftCard) -> list[Button]:
    return [
        choice(
            seconds(length),
            callbacks.ChooseLength(draft=card.draft.id, seconds=length),
            chosen=length == card.duration_s,
        )
        for length in sorted(card.model.prices)
    ]


def _shape_row(card: DraftCard) -> list[Button]:
    return [
        choice(shape(one), callbacks.ChooseShape(draft=card.draft.id, shape=one), chosen=one == card.shape)
        for one in card.model.shapes
    ]
