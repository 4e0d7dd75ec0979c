"""Photos sent together are a storyboard: what of it is approved, and approving the rest at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import AlreadyDone
from services.owned import album_drafts, lock_user
from services.placing import place
from services.projects import current_or_new
from services.takes import thank_inviters
from storage.database import Database
from storage.tables import Clip, Draft, Project, Take


@dataclass(frozen=True, slots=True)
class Board:
    approved: dict[int, Project] = field(default_factory=dict)
    """By draft: the project in which one of its takes stands."""
    ready: list[Take] = field(default_factory=list)
    """The newest kept take of each photo of which none is approved, in the order the photos were sent."""


@dataclass(frozen=True, slots=True)
class Approved:
    project: Project
    is_new: bool
    """It was made for them."""
    take_ids: list[int]
    numbers: list[int]
    """Of their photos: 1, 2, 3 … in the order they were sent."""
    photos: int
    """How many there are in the album."""


class Storyboard:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def approve_all(self, user_id: int, album_id: int) -> Approved:
        """Put the newest take of each photo into the current project, in the order they were sent; all or none.

        A photo of which a take is approved keeps that one: its owner chose it. Raises NotYours; AlreadyDone where
        nothing is left to approve, as after a second tap.
        """
        async with self._db.transaction() as session:
            # The album before its owner: whoever generates all of it comes the same way.
            drafts = await album_drafts(session, user_id, album_id)
            await lock_user(session, user_id)
            ready = (await board(session, drafts)).ready
            if not ready:
                raise AlreadyDone
            project, is_new = await current_or_new(session, user_id)
            for take in ready:
                await place(session, project, take)
            await thank_inviters(session, user_id)
            newly = {take.draft_id for take in ready}
            numbers = [number for number, draft in enumerate(drafts, start=1) if draft.id in newly]
            return Approved(project, is_new, [take.id for take in ready], numbers, len(drafts))


async def board(session: AsyncSession, drafts: Sequence[Draft]) -> Board:
    """How the photos of an album stand. Part of use cases."""
    ids = [draft.id for draft in drafts]
    placed = select(Clip.draft_id, Project).join(Project, Project.id == Clip.project_id)
    seen = placed.where(Clip.draft_id.in_(ids), Project.deleted_at.is_(None))
    # Of several the last counts: the one chosen last, and an open one before any that is completed.
    rows = await session.execute(seen.order_by(Project.completed_at.is_(None), Project.chosen_at, Project.id))
    approved = dict(rows.all())
    kept = select(Take).where(Take.draft_id.in_(ids), Take.discarded_at.is_(None), Take.erased_at.is_(None))
    newest = {take.draft_id: take for take in (await session.execute(kept.order_by(Take.number))).scalars()}
    return Board(approved, [newest[id_] for id_ in ids if id_ in newest and id_ not in approved])
