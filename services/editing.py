"""Editing a project: its clips are moved, replaced, captioned and taken out, and the others stay as they are.

A clip is known by its project and its draft: takes change, and so do numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import placing
from services.dialogue import Expectation, expect, expectation
from services.errors import AlreadyDone, CaptionTooLong, Erased, NotYours
from services.fitting import film_changed
from services.owned import lock_user, owned_project
from services.projects import open_ones, printable
from services.takes import owned_take
from storage.clock import db_now
from storage.database import Database
from storage.tables import Clip, Project, Take, User

CAPTION_LIMIT: Final = 120


@dataclass(frozen=True, slots=True)
class ClipView:
    project: Project
    clip: Clip
    take: Take
    clips: int
    """How many there are in the project."""
    takes: Sequence[Take]
    """All that could stand there, by their numbers; the one that does is among them."""


class Editing:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def clip(self, user_id: int, project_id: int, draft_id: int) -> ClipView:
        """Raises NotYours, AlreadyDone when it is no longer in the project."""
        async with self._db.reading() as session:
            project = await owned_project(session, user_id, project_id)
            clip = await _clip(session, project_id, draft_id)
            kept = Take.discarded_at.is_(None) & Take.erased_at.is_(None) | (Take.id == clip.take_id)
            rows = await session.execute(select(Take).where(Take.draft_id == draft_id, kept).order_by(Take.number))
            takes = list(rows.scalars())
            stands = next(take for take in takes if take.id == clip.take_id)
            return ClipView(project, clip, stands, await _count(session, project_id), takes)

    async def move(self, user_id: int, project_id: int, draft_id: int, *, seen: int, to: int) -> int:
        """Move a clip to place `to`, or to the end where there are fewer. Returns its place. Raises NotYours.

        `seen`: where it stood for whoever moves it; AlreadyDone if it is elsewhere by now, or gone.
        """
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            clip = await _clip(session, project_id, draft_id)
            target = min(max(to, 1), await _count(session, project_id))
            if clip.position != seen or clip.position == target:
                raise AlreadyDone
            await placing.move(session, project_id, clip.position, target)
            return target

    async def remove(self, user_id: int, project_id: int, draft_id: int) -> Take:
        """Take a clip out; its take is kept. Raises NotYours, AlreadyDone."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            clip = await _clip(session, project_id, draft_id)
            clip_id, position, take_id = clip.id, clip.position, clip.take_id
            await session.execute(delete(Clip).where(Clip.id == clip_id))
            await placing.close_gap(session, project_id, position)
            await film_changed(session, project_id)
            await _forget_caption(session, user_id, clip_id)
            return await session.get_one(Take, take_id)

    async def use(self, user_id: int, project_id: int, draft_id: int, take_id: int) -> Take:
        """Let another take of the same photo stand there. Returns the one that stood there before.

        Raises NotYours, Erased; AlreadyDone if the clip is gone, the take is discarded, or it stands there.
        """
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            take = await owned_take(session, user_id, take_id)
            if take.draft_id != draft_id:
                raise NotYours
            if take.erased_at is not None:
                raise Erased
            clip = await _clip(session, project_id, draft_id)
            if take.discarded_at is not None or clip.take_id == take_id:
                raise AlreadyDone
            before = await session.get_one(Take, clip.take_id)
            await session.execute(update(Clip).where(Clip.id == clip.id).values(take_id=take_id))
            await film_changed(session, project_id)
            return before

    async def aim(self, user_id: int, project_id: int, draft_id: int) -> None:
        """Another take is to be made for this place: it will go there once approved, and not into a copy.

        So where copies of the project have the photo, too, this one becomes current. Raises NotYours, AlreadyDone.
        """
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            project = await owned_project(session, user_id, project_id)
            await _clip(session, project_id, draft_id)
            with_it = open_ones(user_id).join(Clip).where(Clip.draft_id == draft_id).limit(1)
            first = await session.scalar(with_it)
            if project.completed_at is None and first is not None and first.id != project_id:
                await session.execute(update(Project).where(Project.id == project_id).values(chosen_at=db_now()))

    async def expect_caption(self, user_id: int, project_id: int, draft_id: int) -> None:
        """The next text is this clip's caption. Raises NotYours, AlreadyDone."""
        async with self._db.transaction() as session:
            await owned_project(session, user_id, project_id)
            clip = await _clip(session, project_id, draft_id)
            await expect(session, user_id, Expectation("clip_caption", clip.id))

    async def write_caption(self, user_id: int, clip_id: int, text: str) -> Clip:
        """Raises NotYours, CaptionTooLong."""
        caption = printable(text)
        if len(caption) > CAPTION_LIMIT:
            raise CaptionTooLong(limit=CAPTION_LIMIT, length=len(caption))
        async with self._db.transaction() as session:
            clip = await session.get(Clip, clip_id)
            if clip is None:
                raise NotYours
            await owned_project(session, user_id, clip.project_id)
            await session.execute(update(Clip).where(Clip.id == clip_id).values(caption=caption or None))
            await expect(session, user_id, None)
            return clip

    async def clear_caption(self, user_id: int, project_id: int, draft_id: int) -> None:
        """Raises NotYours, AlreadyDone."""
        async with self._db.transaction() as session:
            await owned_project(session, user_id, project_id)
            clip = await _clip(session, project_id, draft_id)
            await session.execute(update(Clip).where(Clip.id == clip.id).values(caption=None))


async def _clip(session: AsyncSession, project_id: int, draft_id: int) -> Clip:
    there = (Clip.project_id == project_id) & (Clip.draft_id == draft_id)
    clip = await session.scalar(select(Clip).where(there))
    if clip is None:
        raise AlreadyDone
    return clip


async def _count(session: AsyncSession, project_id: int) -> int:
    return (await session.execute(select(func.count()).where(Clip.project_id == project_id))).scalar_one()


async def _forget_caption(session: AsyncSession, user_id: int, clip_id: int) -> None:
    """The next text is not its caption any more: on SQLite another clip may get its number."""
    user = await session.get_one(User, user_id)
    if expectation(user) == Expectation("clip_caption", clip_id):
        await expect(session, user_id, None)
