"""The card of an album: one message for up to ten photos, numbered as on its picture."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup

from conversation import callbacks
from conversation.buy_views import get_credits
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.progress import progress_short
from conversation.view import Button, View, button, choice, in_rows_of, lines, paragraphs, rows, shortened, theirs
from conversation.wording import clips, credits_, project_html, project_name, seconds, shape
from services.cards import AlbumCard, DraftCard
from services.jobs import states
from services.storyboard import Approved
from storage.tables import Project

PROMPT_SHOWN = 42
"""UTF-16 units of a prompt in a photo's line: ten lines and the rest must fit into a caption."""
PROJECT_SHOWN = 16
"""The same for the name of a project."""


def album_view(card: AlbumCard) -> View:
    if not card.cards:
        return View(_("🗑 All photos of this album were put away."))
    count = len(card.cards)
    title = ngettext("🎞 <b>{count} photo</b>", "🎞 <b>{count} photos</b>", count).format(count=count)
    listed = [_line(number, one, card.board.approved.get(one.draft.id)) for number, one in enumerate(card.cards, 1)]
    return View(paragraphs(lines(title + _approved(card), *listed), _what_next(card)), _keyboard(card))


def approved_view(approved: Approved) -> View:
    """After all of an album was approved with one tap."""
    count, project = len(approved.take_ids), approved.project
    text = ngettext(
        "🎉 {count} clip is in <b>{project}</b> now.",
        "🎉 {count} clips are in <b>{project}</b> now, in the order you sent the photos.",
        count,
    )
    name = [button(_("✏️ Name it"), callbacks.NameProject(project=project.id))] if approved.is_new else []
    keyboard = rows([button(_("📁 Open project"), callbacks.OpenProject(project=project.id))], name)
    return View(text.format(count=count, project=project_html(project)), keyboard)


def approved_text(approved: Approved) -> str:
    """The same in the answer to that tap: `✓ 1, 3 of 4 approved into “Summer”`"""
    numbers, project = ", ".join(map(str, approved.numbers)), project_name(approved.project)
    if len(approved.numbers) == approved.photos > 1:
        return _("✓ All {count} approved into “{project}”").format(count=approved.photos, project=project)
    text = _("✓ {numbers} of {count} approved into “{project}”")
    return text.format(numbers=numbers, count=approved.photos, project=project)


def _approved(card: AlbumCard) -> str:
    """` · 2 of 4 approved`"""
    count = len(card.board.approved)
    if not count:
        return ""
    return " · " + _("{approved} of {count} approved").format(approved=count, count=len(card.cards))


def _line(number: int, card: DraftCard, project: Project | None) -> str:
    prompt = theirs(card.draft.prompt, PROMPT_SHOWN) or _("no words yet")
    return f"{number}. {prompt} — {_state(card, project)}"


def _state(card: DraftCard, project: Project | None) -> str:
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
    if project is not None:
        return _("in {project} ✓").format(project=theirs(project_name(project), PROJECT_SHOWN))
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
    return rows(
        *in_rows_of(5, photos),
        *_choices(card),
        _generate_row(card),
        _short_row(card),
        _approve_row(card),
        _cancel_row(card),
    )


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


def _approve_row(card: AlbumCard) -> list[Button]:
    """Once nothing of it is being made: what is still to come would be left out."""
    if not card.board.ready or _live(card):
        return []
    label = _("✅ Approve all · {clips}").format(clips=clips(len(card.board.ready)))
    return [button(label, callbacks.ApproveAll(album=card.album.id))]


def _live(card: AlbumCard) -> bool:
    return any(one.work is not None and one.work.live for one in card.cards)


def _cancel_row(card: AlbumCard) -> list[Button]:
    can_be = [one for one in card.cards if one.work is not None and one.work.live and not one.work.cancelling]
    return [button(_("✖️ Cancel all"), callbacks.CancelAlbum(album=card.album.id))] if can_be else []
