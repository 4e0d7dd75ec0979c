"""Takes: finished clips, approved into the current project, kept until their owner discards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services import ledger, outbox
from services.errors import AlreadyDone, Erased, NotYours
from services.links import LINK_SECONDS
from services.owned import lock_user
from services.placing import place, stands_in
from services.projects import current_or_new
from services.referrals import affected_by, reconsider
from storage.clock import db_now
from storage.database import Database
from storage.objects.base import ObjectStore
from storage.tables import Clip, Draft, Job, Project, Take

_other = aliased(Take)
_kept = (_other.draft_id == Take.draft_id) & _other.discarded_at.is_(None) & _other.erased_at.is_(None)
_SEEN = (
    select(Take, Draft, Job, select(func.count()).where(_kept).correlate(Take).scalar_subquery())
    .join(Draft, Draft.id == Take.draft_id)
    .join(Job, Job.id == Take.job_id)
    .where(Take.id == bindparam("take"))
)

_takes = cast("Table", Take.__table__)
_SENT = (
    update(_takes)
    .where(_takes.c.id == bindparam("take"))
    .values(message_id=bindparam("message"), video_file_id=bindparam("file"))
)


@dataclass(frozen=True, slots=True)
class TakeView:
    """A take with all that its message shows."""

    take: Take
    draft: Draft
    job: Job
    takes_of_draft: int
    project: Project | None
    """Where this very take stands approved."""
    position: int | None


class Takes:
    def __init__(self, db: Database, store: ObjectStore) -> None:
        self._db = db
        self._store = store

    async def view(self, user_id: int, take_id: int) -> TakeView:
        """Raises NotYours."""
        async with self._db.reading() as session:
            return await self._view(session, user_id, take_id)

    async def video(self, take: Take) -> bytes:
        return await self._store.get(take.video_key)

    async def link(self, take: Take) -> str:
        """Where it can be downloaded for LINK_SECONDS. A secret."""
        return await self._store.url(take.video_key, expires_in_seconds=LINK_SECONDS)

    async def thumbnail(self, take: Take) -> bytes:
        return await self._store.get(take.thumbnail_key)

    async def approve(self, user_id: int, take_id: int) -> tuple[TakeView, bool]:
        """Put a take into the current project, as `placing` says: at the end, or where it belongs in its album.

        A second tap changes nothing. Returns the view and whether a project was made for it. Raises NotYours,
        AlreadyDone for a discarded take, Erased.
        """
        async with self._db.transaction() as session:
            take = await _locked_take(session, user_id, take_id)
            if take.discarded_at is not None:
                raise AlreadyDone
            if await stands_in(session, take_id) is not None:
                return await self._view(session, user_id, take_id), False
            project, is_new = await current_or_new(session, user_id)
            await place(session, project, take)
            await thank_inviters(session, user_id)
            return await self._view(session, user_id, take_id), is_new

    async def others(self, user_id: int, take_id: int) -> list[TakeView]:
        """The other takes of the same draft that have a message: what one becomes may change what they show."""
        async with self._db.reading() as session:
            take = await owned_take(session, user_id, take_id)
            siblings = (Take.draft_id == take.draft_id) & (Take.id != take_id) & Take.message_id.is_not(None)
            ids = (await session.execute(select(Take.id).where(siblings).order_by(Take.id))).scalars().all()
            return [await self._view(session, user_id, one) for one in ids]

    async def discard(self, user_id: int, take_id: int) -> TakeView:
        """Put a take aside. An approved one leaves its project first: raises AlreadyDone for it."""
        async with self._db.transaction() as session:
            await _locked_take(session, user_id, take_id)
            if await stands_in(session, take_id) is not None:
                raise AlreadyDone
            await session.execute(update(Take).where(Take.id == take_id).values(discarded_at=db_now()))
            return await self._view(session, user_id, take_id)

    async def keep_after_all(self, user_id: int, take_id: int) -> TakeView:
        """Raises NotYours, Erased."""
        async with self._db.transaction() as session:
            await _locked_take(session, user_id, take_id)
            await session.execute(update(Take).where(Take.id == take_id).values(discarded_at=None))
            return await self._view(session, user_id, take_id)

    async def sent(self, take_id: int, *, message_id: int, file_id: str | None) -> None:
        """Remember the message a take went out with, and the id its video has at the messenger."""
        async with self._db.transaction() as session:
            await session.execute(_SENT, {"take": take_id, "message": message_id, "file": file_id})

    async def send_what_never_arrived(self, user_id: int) -> None:
        """Their clips were finished while they could not be reached: each goes out after all."""
        async with self._db.transaction() as session:
            kept = Take.discarded_at.is_(None) & Take.erased_at.is_(None)
            missed = (Take.user_id == user_id) & Take.message_id.is_(None) & kept
            for take in (await session.execute(select(Take).where(missed).order_by(Take.id))).scalars():
                payload = {"take_id": take.id, "job_id": take.job_id}
                key = f"clip_ready:{take.job_id}"
                await outbox.put_after_all(session, key=key, user_id=user_id, kind="clip_ready", payload=payload)

    async def _view(self, session: AsyncSession, user_id: int, take_id: int) -> TakeView:
        seen = (await session.execute(_SEEN, {"take": take_id}, execution_options={"populate_existing": True})).first()
        if seen is None or seen[0].user_id != user_id:
            raise NotYours
        project = await stands_in(session, take_id)
        its = (Clip.take_id == take_id) & (Clip.project_id == (project.id if project else 0))
        return TakeView(
            take=seen[0],
            draft=seen[1],
            job=seen[2],
            takes_of_draft=seen[3],
            project=project,
            position=await session.scalar(select(Clip.position).where(its)) if project else None,
        )


async def thank_inviters(session: AsyncSession, user_id: int) -> None:
    """Somebody has approved a clip: who invited them may get something for it. Part of the use cases that approve."""
    if inviters := await affected_by(session, user_id):
        await ledger.lock(session, user_id, *inviters)
        await reconsider(session, user_id)


async def owned_take(session: AsyncSession, user_id: int, take_id: int) -> Take:
    take = await session.get(Take, take_id, populate_existing=True)
    if take is None or take.user_id != user_id:
        raise NotYours
    return take


async def _locked_take(session: AsyncSession, user_id: int, take_id: int) -> Take:
    """Under its owner's lock, under which all decide that say where a take stands. Raises NotYours, Erased."""
    await lock_user(session, user_id)
    take = await owned_take(session, user_id, take_id)
    if take.erased_at is not None:
        raise Erased
    return take
