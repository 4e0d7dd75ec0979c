"""What the message of a card should show now."""

from __future__ import annotations

from dataclasses import dataclass

from conversation.album_card import album_view
from conversation.draft_card import done_view, draft_view
from conversation.film_views import film_card_view
from conversation.i18n import Words
from conversation.view import View
from services.cards import CardKind, DraftCard
from services.desk import Services
from services.jobs import states
from storage.tables import User


@dataclass(frozen=True, slots=True)
class Subject:
    kind: CardKind
    id: int


@dataclass(frozen=True, slots=True)
class Scene:
    message_id: int | None
    view: View
    end: View
    """What the message shows once the work on it has ended."""
    live: bool
    thinks: bool = False
    """A language model is asked; its answer may be there, and drawn by a worker, before we are through."""
    pictured: bool = True
    """The view is the caption of a picture, and not a text of its own."""


async def scene_of(services: Services, words: Words, user: User, subject: Subject) -> Scene:
    """Raises NotYours."""
    match subject.kind:
        case "draft":
            card = await services.cards.draft(user.id, subject.id)
            with words.speaking(user.language):
                return _draft_scene(card)
        case "album":
            return await _album_scene(services, words, user, subject.id)
        case "film":
            film = await services.films.view(user.id, subject.id)
            with words.speaking(user.language):
                view = film_card_view(film)
            return Scene(film.film.card_message_id, view, view, film.work.live, pictured=False)


async def _album_scene(services: Services, words: Words, user: User, album_id: int) -> Scene:
    album = await services.cards.album(user.id, album_id)
    with words.speaking(user.language):
        view = album_view(album)
    live = any(one.work is not None and one.work.live for one in album.cards)
    thinks = any(one.thinking is not None and one.thinking.busy for one in album.cards)
    return Scene(album.album.card_message_id, view, view, live, thinks)


def _draft_scene(card: DraftCard) -> Scene:
    work, view = card.work, draft_view(card)
    succeeded = work is not None and work.state == states.SUCCEEDED
    live = work is not None and work.live
    thinks = card.thinking is not None and card.thinking.busy
    return Scene(card.draft.card_message_id, view, done_view() if succeeded and not thinks else view, live, thinks)
