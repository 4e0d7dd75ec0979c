"""The card of an album: one message for up to ten photos, numbered as on its picture."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup

from conversation import callbacks
from conversation.buy_views import get_credits
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.progress import progress_short
from conversation.view import Button, View, button, choice, in_rows_of, lines, paragraphs, rows, shortened, theirs
from conversation.wording import credits_, seconds, shape
from services.cards import AlbumCard, DraftCard
from services.jobs import states

PROMPT_SHOWN = 42
"""UTF-16 units of a prompt in a photo's line: ten lines and the rest must fit into a caption."""


def album_view(card: AlbumCard) -> View:
    if not card.cards:
        return View(_("🗑 All photos of this album were put away."))
    count = len(card.cards)
    title = ngettext("🎞 <b>{count} photo</b>", "🎞 <b>{count} photos</b>", count).format(count=count)
    listed = [_line(number, one) for number, one in enumerate(card.cards, start=1)]
    return View(paragraphs(lines(title, *listed), _what_next(card)), _keyboard(card))


def _line(number: int, card: DraftCard) -> str:
    prompt = theirs(card.draft.prompt, PROMPT_SHOWN) or _("no words yet")
    return f"{number}. {prompt} — {_state(card)}"


def _state(card: DraftCard) -> str:
    work = card.work
    if work is not None and work.live:
        return progress_short(work)
    if card.thinking is not None and card.thinking.checking:
        return _("being checked 👀")
    if card.thinking is not None and card.thinking.refused:
        return _("can't be made with these words 🚫")
    if card.thinking is not None and card.thinking.unsure:
        return _("couldn't be checked, try again 🤔")
    if work is not None and work.state == states.FAILED:
        return _("didn't work ⚠️")
    return _("done ✅") if card.takes else seconds(card.duration_s)


def _what_next(card: AlbumCard) -> str | None:
    if not card.waiting:
        return None if _live(card) else _("✅ All done. Tap a number to make another take.")
    have = ngettext("You have {count} credit.", "You have {count} credits.", card.available)
    return lines(
        _("Write me what should happen in all of them, or tap a number to change one photo."),
        have.format(count=card.available),
    )


def _keyboard(card: AlbumCard) -> InlineKeyboardMarkup:
    photos = [
        button(f"✏️ {number}", callbacks.OpenPhoto(draft=one.draft.id)) for number, one in enumerate(card.cards, start=1)
    ]
    return rows(*in_rows_of(5, photos), *_choices(card), _generate_row(card), _short_row(card), _cancel_row(card))


def _choices(card: AlbumCard) -> list[list[Button]]:
    """What all that can still be changed can do; marked when they agree on it."""
    if not card.waiting:
        return []
    return [*_models(card), _lengths(card), _shapes(card)]


def _models(card: AlbumCard) -> list[list[Button]]:
    models = card.waiting[0].models
    choices = [
        choice(
            shortened(model.name, 30),
            callbacks.AlbumModel(album=card.album.id, model=callbacks.model_mark(model.key)),
            chosen=all(one.model.key == model.key for one in card.waiting),
        )
        for model in models
    ]
    return in_rows_of(2, choices) if len(models) > 1 else []


def _lengths(card: AlbumCard) -> list[Button]:
    return [
        choice(
            seconds(length),
            callbacks.AlbumLength(album=card.album.id, seconds=length),
            chosen=all(one.duration_s == length for one in card.waiting),
        )
        for length in sorted(set.intersection(*(set(one.model.prices) for one in card.waiting)))
    ]


def _shapes(card: AlbumCard) -> list[Button]:
    return [
        choice(
            shape(one),
            callbacks.AlbumShape(album=card.album.id, shape=one),
            chosen=all(a.shape == one for a in card.waiting),
        )
        for one in card.waiting[0].model.shapes
        if all(one in other.model.shapes for other in card.waiting)
    ]


def _generate_row(card: AlbumCard) -> list[Button]:
    if not card.waiting:
        return []
    label = _("🎬 Generate all · {price}").format(price=credits_(card.price))
    return [button(label, callbacks.GenerateAllFor(album=card.album.id, version=card.version, price=card.price))]


def _short_row(card: AlbumCard) -> list[Button]:
    return [get_credits(album=card.album.id)] if card.available < card.price else []


def _live(card: AlbumCard) -> bool:
    return any(one.work is not None and one.work.live for one in card.cards)


def _cancel_row(card: AlbumCard) -> list[Button]:
    can_be = [one for one in card.cards if one.work is not None and one.work.live and not one.work.cancelling]
    return [button(_("✖️ Cancel all"), callbacks.CancelAlbum(album=card.album.id))] if can_be else []
