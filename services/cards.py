"""What a card shows: a draft, or an album of them, with price, balance and how the work on it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from providers.base import SHAPES, ClipModel, Shape
from services import ledger
from services.catalogue import Catalogue
from services.errors import NotYours
from services.inquiries.asking import wanted
from services.inquiries.shown import Thinking, thinking
from services.jobs import states
from services.jobs.queue import is_held_up, places
from services.jobs.rhythm import sort_of
from services.jobs.usual import UsualTimes
from services.live.values import Values
from services.owned import album_drafts
from services.storyboard import Board, board
from storage.database import Database
from storage.tables import Account, Album, Draft, Film, Job, Take, User

CardKind = Literal["draft", "album", "film"]

# All that a card shows of its draft, in one statement: thousands of cards are looked at, several a second.
_later = aliased(Job)
_newest = select(func.max(_later.id)).where(_later.draft_id == Draft.id).correlate(Draft).scalar_subquery()
_counted = select(func.count()).where(Take.draft_id == Draft.id).correlate(Draft).scalar_subquery()
_to_spend = (Account.user_id == Draft.user_id) & (Account.kind == ledger.AVAILABLE)
_SHOWN = (
    select(Draft, Job, _counted, select(Account.balance).where(_to_spend).correlate(Draft).scalar_subquery())
    .outerjoin(Job, Job.id == _newest)
    .where(Draft.id.in_(bindparam("drafts", expanding=True)))
)
_NEWEST_STATE = select(Job.state).where(Job.draft_id == bindparam("draft")).order_by(Job.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Work:
    """How the newest job of a draft stands, or that of a film."""

    job_id: int
    state: str
    cancelling: bool
    ahead: int
    """How many jobs are to be taken before it, while it waits."""
    progress: float
    seconds_left: float | None
    """Learned from past jobs; None where that would be a guess."""
    failure_reason: str | None
    held_up: bool = False
    """It waits because nothing new is begun for now: no place in the queue would be true."""

    @property
    def live(self) -> bool:
        return self.state in states.LIVE


@dataclass(frozen=True, slots=True)
class DraftCard:
    draft: Draft
    model: ClipModel
    models: tuple[ClipModel, ...]
    price: int
    available: int
    takes: int
    work: Work | None
    thinking: Thinking | None = None
    """What a language model was asked about it; None where there is none to ask."""

    @property
    def shape(self) -> Shape:
        """What would be made: what was chosen may have left the catalogue since."""
        return self.model.nearest_shape(self.draft.shape)

    @property
    def duration_s(self) -> int:
        return self.model.nearest_length(self.draft.duration_s)


@dataclass(frozen=True, slots=True)
class AlbumCard:
    album: Album
    cards: list[DraftCard]
    available: int
    board: Board = field(default_factory=Board)

    @property
    def version(self) -> int:
        """Changes with every Generate: what a "generate all" button was made for."""
        return sum(card.draft.round for card in self.cards)

    @property
    def waiting(self) -> list[DraftCard]:
        """Those that "generate all" would take."""
        return [card for card in self.cards if card.draft.state == "open" and card.takes == 0]

    @property
    def price(self) -> int:
        return sum(card.price for card in self.waiting)


@dataclass(frozen=True, slots=True)
class Shown:
    """A card in a chat that has live work to show."""

    user: User
    kind: CardKind
    id: int


class Cards:
    def __init__(
        self, db: Database, catalogue: Catalogue, values: Callable[[], Values], *, thinks: bool = False
    ) -> None:
        """`thinks`: whether there is a language model to ask."""
        self._db = db
        self._catalogue = catalogue
        self._values = values
        self._thinks = thinks
        self._usual = UsualTimes()

    async def draft(self, user_id: int, draft_id: int) -> DraftCard:
        """Raises NotYours."""
        async with self._db.reading() as session:
            cards = await self._cards(session, [draft_id])
            if not cards or cards[0].draft.user_id != user_id:
                raise NotYours
            return cards[0]

    async def is_worked_on(self, draft_id: int) -> bool:
        """Whether the newest job of a draft is live."""
        async with self._db.reading() as session:
            return await session.scalar(_NEWEST_STATE, {"draft": draft_id}) in states.LIVE

    async def album(self, user_id: int, album_id: int) -> AlbumCard:
        """Raises NotYours."""
        async with self._db.reading() as session:
            drafts = await album_drafts(session, user_id, album_id)
            album = await session.get_one(Album, album_id)
            money = await ledger.balance(session, user_id)
            cards = await self._cards(session, [draft.id for draft in drafts])
            return AlbumCard(album, cards, money.available, await board(session, drafts))

    async def job(self, user_id: int, job_id: int) -> Job:
        """Raises NotYours."""
        async with self._db.reading() as session:
            job = await session.get(Job, job_id)
            if job is None or job.user_id != user_id:
                raise NotYours
            return job

    async def in_the_making(self, user_id: int) -> list[int]:
        """The drafts of a user that clips are being made of, or will be once they were looked at."""
        async with self._db.reading() as session:
            live = (Job.user_id == user_id) & Job.state.in_(states.LIVE) & Job.cancelling.is_(False)
            rows = await session.execute(select(Job.draft_id).where(live, Job.draft_id.is_not(None)).order_by(Job.id))
            made = [draft_id for draft_id in rows.scalars() if draft_id is not None]
            return made + await wanted(session, user_id)

    @property
    def models(self) -> tuple[ClipModel, ...]:
        return self._catalogue.models

    @property
    def lengths(self) -> list[int]:
        """Every length (seconds) that some model offers."""
        return sorted({seconds for model in self._catalogue.models for seconds in model.prices})

    @property
    def shapes(self) -> list[Shape]:
        return [shape for shape in SHAPES if any(shape in model.shapes for model in self._catalogue.models)]

    async def working(self, *, after: int = 0, most: int = 100) -> tuple[list[Shown], int | None]:
        """The cards whose progress is to be shown, of the first `most` live jobs `after` one, and where to go on.

        None: there are no more. Thousands of jobs may be live, and nobody can be told of all of them each second.
        """
        live = select(Job.id).where(Job.state.in_(states.LIVE), Job.id > after).order_by(Job.id).limit(most)
        async with self._db.reading() as session:
            ids = (await session.execute(live)).scalars().all()
            rows = await session.execute(
                select(User, Draft, Album.card_message_id)
                .join(Draft, Draft.user_id == User.id)
                .join(Job, Job.draft_id == Draft.id)
                .outerjoin(Album, Album.id == Draft.album_id)
                .where(Job.id.in_(ids), User.unreachable_at.is_(None))
                .order_by(Job.id)
            )
            shown: dict[tuple[CardKind, int], Shown] = {}
            for user, draft, album_message in rows:
                if draft.card_message_id:
                    shown["draft", draft.id] = Shown(user, "draft", draft.id)
                if album_message and draft.album_id:
                    shown["album", draft.album_id] = Shown(user, "album", draft.album_id)
            films = await _films_shown(session, ids)
            return [*shown.values(), *films], ids[-1] if len(ids) == most else None

    async def _cards(self, session: AsyncSession, draft_ids: Sequence[int]) -> list[DraftCard]:
        """In the order of their ids given."""
        rows = {row[0].id: row for row in await session.execute(_SHOWN, {"drafts": draft_ids})}
        drafts = [rows[draft_id][0] for draft_id in draft_ids if draft_id in rows]
        works = await self._works(session, [rows[draft.id][1] for draft in drafts])
        thoughts = await thinking(session, drafts) if self._thinks else {}
        return [
            DraftCard(
                draft=draft,
                model=self._catalogue.model(draft.model),
                models=self._catalogue.models,
                price=self._catalogue.nearest_price(draft.model, draft.duration_s),
                available=rows[draft.id][3] or 0,
                takes=rows[draft.id][2],
                work=work,
                thinking=thoughts.get(draft.id),
            )
            for draft, work in zip(drafts, works, strict=True)
        ]

    async def _works(self, session: AsyncSession, newest: Sequence[Job | None]) -> list[Work | None]:
        queued = [job.id for job in newest if job is not None and job.state == states.QUEUED]
        waiting = await places(session, queued) if queued else {}
        return [await self._work(session, job, waiting.get(job.id, 0)) if job else None for job in newest]

    async def _work(self, session: AsyncSession, job: Job, ahead: int) -> Work:
        left = None
        if job.state in states.LEASED and job.started_at is not None:
            usual = await self._usual.seconds(session, sort_of(job))
            ran = (datetime.now(UTC) - job.started_at).total_seconds()
            left = usual - ran if usual is not None and usual - ran >= 1 else None
        held_up = is_held_up(job, self._values())
        return Work(job.id, job.state, job.cancelling, ahead, job.progress, left, job.failure_reason, held_up)


async def _films_shown(session: AsyncSession, job_ids: Sequence[int]) -> list[Shown]:
    shown = (Film.job_id.in_(job_ids), Film.card_message_id.is_not(None), User.unreachable_at.is_(None))
    rows = await session.execute(select(User, Film.id).join(Film, Film.user_id == User.id).where(*shown))
    return [Shown(user, "film", film_id) for user, film_id in rows]
