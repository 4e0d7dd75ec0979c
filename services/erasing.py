"""Deleting for good: what deleted projects, discarded takes and films of yesterday leave behind goes from the store.

The rows say first that their objects are gone, and with that, in the same transaction, which objects are to go; then
these are deleted. Whatever ends in between, the next round finds what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import structlog
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.jobs import states
from services.owned import lock_user
from services.projects import UNDO_SECONDS
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.objects.base import ObjectStore
from storage.tables import Clip, Draft, Erasure, Film, FilmPart, Job, Project, Soundtrack, Take

log = structlog.get_logger(__name__)
GRACE_SECONDS: Final = UNDO_SECONDS + 10
"""Whoever taps in the last moment still gets their project back."""
KEEP_DISCARDED_SECONDS: Final = 30 * 86_400.0
KEEP_SUPERSEDED_SECONDS: Final = 7 * 86_400.0
"""A film that a newer one of its project has replaced: who has got a link to it may still be downloading it."""
A_ROUND: Final = 100
FORGOTTEN: Final = "forgotten:"
"""Begins the `source_key` of drafts whose owner had everything deleted (services.leaving)."""
SHARED: Final = "music/made/"
"""Tracks of our own, which all projects share."""


class Erasing:
    def __init__(self, db: Database, store: ObjectStore) -> None:
        self._db = db
        self._store = store

    async def round(self) -> None:
        """Let go of what is due, then delete. Raises StoreUnavailable; the rest is done by the next round."""
        async with self._db.reading() as session:
            due = list((await session.execute(select(Project.id).where(_due()).limit(A_ROUND))).scalars())
        for project_id in due:
            async with self._db.transaction() as session:
                await _let_go_of_project(session, project_id)
        async with self._db.reading() as session:
            old = list((await session.execute(select(Take.id).where(_old()).limit(A_ROUND))).scalars())
        if old:
            async with self._db.transaction() as session:
                await _let_go_of_discarded(session, old)
        async with self._db.reading() as session:
            past = list((await session.execute(select(Film.id).where(_superseded()).limit(A_ROUND))).scalars())
        if past:
            async with self._db.transaction() as session:
                await _let_go_of_superseded(session, past)
        await self._let_go_of_leavers()
        await self._delete()

    async def _let_go_of_leavers(self) -> None:
        """What is left of people who had all of theirs deleted, also what was still being made then."""
        async with self._db.reading() as session:
            drafts = list((await session.execute(select(Draft.id).where(_left(Draft)).limit(A_ROUND))).scalars())
            takes = list((await session.execute(select(Take.id).where(_left(Take)).limit(A_ROUND))).scalars())
        for draft_id in drafts:
            async with self._db.transaction() as session:
                due = select(Draft).where(Draft.id == draft_id, _left(Draft)).with_for_update(key_share=True)
                draft = await session.scalar(due)
                if draft is not None:
                    await _let_go_of_draft(session, draft)
                    draft.photo_key = ""  # made of their chat's id
        if takes:
            async with self._db.transaction() as session:
                await _let_go_of_takes(session, Take.id.in_(takes) & _left(Take))

    async def _delete(self) -> None:
        async with self._db.reading() as session:
            found = await session.execute(select(Erasure).order_by(Erasure.id).limit(A_ROUND))
            waiting = list(found.scalars())
        for erasure in waiting:
            for key in await self._keys(erasure.object_key):
                await self._store.delete(key)
            async with self._db.transaction() as session:
                await session.execute(delete(Erasure).where(Erasure.id == erasure.id))
        if waiting:
            log.info("objects deleted", count=len(waiting))

    async def _keys(self, key: str) -> list[str]:
        """Of a folder all but what a copy of the project still has: the music."""
        if not key.endswith("/"):
            return [key]
        found = await self._store.keys(key.rstrip("/"))
        async with self._db.reading() as session:
            return [one for one in found if not await _played(session, one)]


async def let_go(session: AsyncSession, keys: Iterable[str | None]) -> None:
    """These objects are to be deleted, once the use case that this is a part of has let go of them."""
    for key in keys:
        if key is not None and not key.startswith(SHARED):
            await insert_once(session, Erasure, object_key=key)


def _due() -> ColumnElement[bool]:
    film = (Film.project_id == Project.id) & (Job.state.not_in(states.TERMINAL))
    joining = select(Film.id).join(Job, Job.id == Film.job_id).where(film).exists()
    return (Project.deleted_at < now_plus(-GRACE_SECONDS)) & Project.erased_at.is_(None) & ~joining


async def _let_go_of_project(session: AsyncSession, project_id: int) -> None:
    its = select(Clip.draft_id).where(Clip.project_id == project_id)
    # In the order in which those who order clips lock: the draft first, then its owner.
    drafts = select(Draft).where(Draft.id.in_(its)).order_by(Draft.id).with_for_update(key_share=True)
    found = list((await session.execute(drafts)).scalars())
    project = await session.get_one(Project, project_id)
    await lock_user(session, project.user_id)
    gone = {"erased_at": db_now(), "name": None}
    due = update(Project).where(Project.id == project_id, _due()).values(**gone)
    if not changed_one(await session.execute(due.execution_options(synchronize_session=False))):
        return
    for draft in found:
        if not await _wanted(session, draft, project):
            await _let_go_of_draft(session, draft)
    await session.execute(delete(Clip).where(Clip.project_id == project_id))
    await _let_go_of_music(session, project)
    await session.execute(delete(FilmPart).where(FilmPart.project_id == project_id))
    await session.execute(update(Film).where(Film.project_id == project_id).values(erased_at=db_now()))
    await let_go(session, [f"{kind}/{project.user_id}/{project_id}/" for kind in ("films", "music")])


async def _wanted(session: AsyncSession, draft: Draft, project: Project) -> bool:
    """Whether a photo is needed still: elsewhere, or since its owner went on with it after the deletion."""
    elsewhere = (Clip.draft_id == draft.id) & (Clip.project_id != project.id)
    later = (Job.draft_id == draft.id) & (Job.created_at > project.deleted_at)
    come = (Take.draft_id == draft.id) & (Take.created_at > project.deleted_at)
    reasons = (select(Clip.id).where(elsewhere), select(Job.id).where(later), select(Take.id).where(come))
    if draft.state == "working":
        return True
    return bool(await session.scalar(select(or_(*(one.exists() for one in reasons)))))


def _left(table: type[Draft | Take]) -> ColumnElement[bool]:
    """Something of theirs is still there, though nothing is being made of it any more."""
    draft_id = Draft.id if table is Draft else Take.draft_id
    its = aliased(Draft)
    gone = select(its.id).where(its.id == draft_id, its.source_key.startswith(FORGOTTEN)).exists()
    made = select(Job.id).where(Job.draft_id == draft_id, Job.state.not_in(states.TERMINAL)).exists()
    return gone & table.erased_at.is_(None) & ~made


async def _let_go_of_draft(session: AsyncSession, draft: Draft) -> None:
    """Its photo and all its takes."""
    await let_go(session, [draft.photo_key])
    await _let_go_of_takes(session, (Take.draft_id == draft.id) & Take.erased_at.is_(None))
    await session.execute(update(Draft).where(Draft.id == draft.id).values(erased_at=db_now(), state="closed"))


async def _let_go_of_music(session: AsyncSession, project: Project) -> None:
    music = await session.scalar(select(Soundtrack).where(Soundtrack.project_id == project.id))
    if music is None:
        return
    keys = [music.audio_key, music.fitted_key]
    await session.execute(delete(Soundtrack).where(Soundtrack.id == music.id))
    await let_go(session, [key for key in keys if key and not await _played(session, key)])


async def _let_go_of_takes(session: AsyncSession, which: ColumnElement[bool]) -> None:
    takes = list((await session.execute(select(Take).where(which))).scalars())
    await let_go(session, [key for take in takes for key in (take.video_key, take.thumbnail_key)])
    gone = update(Take).where(Take.id.in_([take.id for take in takes])).values(erased_at=db_now())
    await session.execute(gone.execution_options(synchronize_session=False))


def _old() -> ColumnElement[bool]:
    nowhere = ~select(Clip.id).where(Clip.take_id == Take.id).exists()
    return (Take.discarded_at < now_plus(-KEEP_DISCARDED_SECONDS)) & Take.erased_at.is_(None) & nowhere


async def _let_go_of_discarded(session: AsyncSession, take_ids: Sequence[int]) -> None:
    # Looked at once more while it is written: somebody may have kept one of them after all.
    gone = update(Take).where(Take.id.in_(take_ids), _old()).values(erased_at=db_now())
    await session.execute(gone.execution_options(synchronize_session=False))
    takes = select(Take.video_key, Take.thumbnail_key).where(Take.id.in_(take_ids), Take.erased_at.is_not(None))
    await let_go(session, [key for keys in await session.execute(takes) for key in keys])


def _superseded() -> ColumnElement[bool]:
    """Films that were sent, and for long have not been their project's newest; the messenger still has its copy."""
    newer, job = aliased(Film), aliased(Job)
    later = (newer.project_id == Film.project_id) & (newer.number > Film.number) & newer.video_key.is_not(None)
    made = select(newer.id).join(job, job.id == newer.job_id)
    replaced = made.where(later, job.finished_at < now_plus(-KEEP_SUPERSEDED_SECONDS)).exists()
    return replaced & Film.message_id.is_not(None) & Film.video_key.is_not(None) & Film.erased_at.is_(None)


async def _let_go_of_superseded(session: AsyncSession, film_ids: Sequence[int]) -> None:
    gone = update(Film).where(Film.id.in_(film_ids), _superseded()).values(erased_at=db_now())
    await session.execute(gone.execution_options(synchronize_session=False))
    films = select(Film.video_key, Film.thumbnail_key).where(Film.id.in_(film_ids), Film.erased_at.is_not(None))
    await let_go(session, [key for keys in await session.execute(films) for key in keys])


async def _played(session: AsyncSession, key: str) -> bool:
    there = or_(Soundtrack.audio_key == key, Soundtrack.fitted_key == key)
    return await session.scalar(select(Soundtrack.id).where(there).limit(1)) is not None
