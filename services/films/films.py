"""Ordering a film of a project, looking at it, and handing it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.cards import Work
from services.errors import NotYours
from services.films.content import Content, content_of, digest_of
from services.films.kind import KIND
from services.films.maker import NAME
from services.films.options import FilmOptions
from services.films.quota import Quota
from services.jobs import states
from services.jobs.queue import Order, Wake, create, is_held_up, places
from services.links import LINK_SECONDS
from services.live.values import Values
from services.owned import lock_user
from storage.database import Database
from storage.objects.base import ObjectStore
from storage.tables import Film, Job, Project

NOWHERE: Final = "films/none"
"""The key of what is not made yet: there is no such object."""
HONEST_FROM: Final = 0.15
"""The share of a film that has to be made before it can be said how long the rest takes."""


@dataclass(frozen=True, slots=True)
class FilmOffer:
    """A film that could be made, and how."""

    project: Project
    clips: int
    seconds: float
    has_music: bool
    options: FilmOptions
    known: Film | None
    """The film that would come of it, where it is made already or in the making."""


@dataclass(frozen=True, slots=True)
class FilmView:
    film: Film
    project: Project
    work: Work
    options: FilmOptions

    @property
    def ready(self) -> bool:
        return self.film.video_key is not None and self.film.erased_at is None


class Films:
    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        wake: Wake,
        quota: Quota,
        deadline_s: float,
        values: Callable[[], Values],
    ) -> None:
        """`deadline_s`: how long after it was ordered a film is here, or it has failed."""
        self._db = db
        self._store = store
        self._wake = wake
        self._quota = quota
        self._deadline_s = deadline_s
        self._values = values

    async def offer(self, user_id: int, project_id: int, options: FilmOptions | None = None) -> FilmOffer:
        """`options`: None for those to begin with. Raises NotYours, NothingToJoin, FilmTooLong."""
        async with self._db.reading() as session:
            content = await content_of(session, user_id, project_id)
            content.check()
            chosen = content.possible(options or content.usual)
            known = await _known(session, project_id, digest_of(content.order(chosen)))
        has_music = content.soundtrack is not None
        return FilmOffer(content.project, len(content.takes), content.seconds, has_music, chosen, known)

    async def order(self, user_id: int, project_id: int, options: FilmOptions) -> FilmView:
        """The film of a project as it stands: the one that is there, else one to be made.

        Raises NotYours, NothingToJoin, FilmTooLong, EnoughFilms, TooManyOpenJobs.
        """
        async with self._db.transaction() as session:
            # The user's row is the lock: a second tap finds the film of the first, and quotas are kept.
            await lock_user(session, user_id)
            content = await content_of(session, user_id, project_id)
            content.check()
            chosen = content.possible(options)
            film = await _known(session, project_id, digest_of(content.order(chosen)))
            is_new = film is None
            if film is None:
                await self._quota.check(session, user_id)
                film = await self._insert(session, user_id, content, chosen)
            view = await self._view(session, film)
        if is_new:
            await self._wake(film.job_id)
        return view

    async def view(self, user_id: int, film_id: int) -> FilmView:
        """Raises NotYours."""
        async with self._db.reading() as session:
            return await self._view(session, await _owned(session, user_id, film_id))

    async def video(self, film: Film) -> bytes:
        """Raises ObjectMissing where it is not made (any more)."""
        return await self._store.get(film.video_key or NOWHERE)

    async def thumbnail(self, film: Film) -> bytes:
        return await self._store.get(film.thumbnail_key or NOWHERE)

    async def link(self, film: Film) -> str:
        """Where it can be downloaded for LINK_SECONDS. A secret."""
        return await self._store.url(film.video_key or NOWHERE, expires_in_seconds=LINK_SECONDS)

    async def show(self, film_id: int, *, message_id: int) -> None:
        """Remember the message that shows how its making goes."""
        async with self._db.transaction() as session:
            await session.execute(update(Film).where(Film.id == film_id).values(card_message_id=message_id))

    async def let_go_of_card(self, film_id: int, *, message_id: int) -> None:
        """That message shows it no more."""
        async with self._db.transaction() as session:
            mine = (Film.id == film_id) & (Film.card_message_id == message_id)
            await session.execute(update(Film).where(mine).values(card_message_id=None))

    async def sent(self, film_id: int, *, message_id: int, file_id: str | None) -> None:
        """Remember the message a film went out with, and the id its video has at the messenger."""
        async with self._db.transaction() as session:
            values = {"message_id": message_id, "video_file_id": file_id}
            await session.execute(update(Film).where(Film.id == film_id).values(**values))

    async def in_the_making(self, user_id: int) -> list[int]:
        """The films of a user that are being made."""
        live = (Job.user_id == user_id) & Job.state.in_(states.LIVE) & Job.cancelling.is_(False)
        async with self._db.reading() as session:
            rows = await session.scalars(select(Film.id).join(Job, Job.id == Film.job_id).where(live).order_by(Film.id))
            return list(rows)

    async def send_what_never_arrived(self, user_id: int) -> None:
        """Their films were finished while they could not be reached: each goes out after all."""
        missed = (Film.user_id == user_id) & Film.message_id.is_(None) & Film.video_key.is_not(None)
        async with self._db.transaction() as session:
            waiting = select(Film).where(missed, Film.erased_at.is_(None)).order_by(Film.id)
            for film in (await session.scalars(waiting)).all():
                payload = {"film_id": film.id, "job_id": film.job_id}
                key = f"film_ready:{film.job_id}"
                await outbox.put_after_all(session, key=key, user_id=user_id, kind="film_ready", payload=payload)

    async def _view(self, session: AsyncSession, film: Film) -> FilmView:
        job = await session.get_one(Job, film.job_id)
        ahead = (await places(session, [job.id])).get(job.id, 0) if job.state == states.QUEUED else 0
        held_up, left = is_held_up(job, self._values()), _seconds_left(job)
        work = Work(job.id, job.state, job.cancelling, ahead, job.progress, left, job.failure_reason, held_up)
        return FilmView(film, await session.get_one(Project, film.project_id), work, FilmOptions(**film.options))

    async def _insert(self, session: AsyncSession, user_id: int, content: Content, options: FilmOptions) -> Film:
        project_id = content.project.id
        last = select(func.coalesce(func.max(Film.number), 0)).where(Film.project_id == project_id)
        number = (await session.execute(last)).scalar_one() + 1
        wanted = content.order(options)
        order = Order(KIND, user_id, None, f"film:{project_id}:{number}", wanted, 0, NAME)
        job = await create(session, order, deadline_s=self._deadline_s)
        film = Film(
            user_id=user_id,
            project_id=project_id,
            number=number,
            job_id=job.id,
            digest=digest_of(wanted),
            options=options.as_json(),
        )
        session.add(film)
        await session.flush()
        return film


async def _known(session: AsyncSession, project_id: int, digest: str) -> Film | None:
    """The newest film of this content that is there or on its way."""
    coming = Job.state.in_(states.LIVE) & Job.cancelling.is_(False)
    there = (Job.state == states.SUCCEEDED) & Film.erased_at.is_(None)
    same = (Film.project_id == project_id) & (Film.digest == digest)
    query = select(Film).join(Job, Job.id == Film.job_id).where(same, or_(coming, there))
    found: Film | None = await session.scalar(query.order_by(Film.id.desc()).limit(1))
    return found


async def _owned(session: AsyncSession, user_id: int, film_id: int) -> Film:
    film = await session.get(Film, film_id)
    if film is None or film.user_id != user_id:
        raise NotYours
    return film


def _seconds_left(job: Job) -> float | None:
    """No two films take the same time, so it is told from how this one has gone."""
    if job.state != states.RUNNING or job.started_at is None or job.progress < HONEST_FROM:
        return None
    ran = (datetime.now(UTC) - job.started_at).total_seconds()
    left = ran * (1 - job.progress) / job.progress
    return left if left >= 1 else None
