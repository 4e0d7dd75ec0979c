"""Where a take goes in a project once it is approved. Part of the use cases that approve."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.gathering import as_sent
from storage.tables import Clip, Draft, Project, Take

ASIDE: Final = 1_000_000
"""Far beyond any clip: where places wait while others move, since no two may be alike even for a moment."""


async def place(session: AsyncSession, project: Project, take: Take) -> None:
    """Put a take into a project: in the place of an earlier take of the same photo, wherever that stands, or anew.

    What is new goes to the end, except that photos sent together keep their order: before the first photo of the same
    album that was sent later and stands in the project. The caller holds the lock of whose project it is.
    """
    mine = (Project.user_id == project.user_id) & (Clip.draft_id == take.draft_id)
    placed = await session.scalar(select(Clip).join(Project).where(mine))
    if placed is not None:
        await session.execute(update(Clip).where(Clip.id == placed.id).values(take_id=take.id))
        return
    position = await _position(session, project.id, await session.get_one(Draft, take.draft_id))
    await make_room(session, project.id, position)
    session.add(Clip(project_id=project.id, draft_id=take.draft_id, take_id=take.id, position=position))
    await session.flush()


async def make_room(session: AsyncSession, project_id: int, position: int) -> None:
    """Move the clips from `position` on one place further."""
    moving = (Clip.project_id == project_id) & (Clip.position >= position)
    await session.execute(update(Clip).where(moving).values(position=Clip.position + ASIDE))
    waiting = (Clip.project_id == project_id) & (Clip.position > ASIDE)
    await session.execute(update(Clip).where(waiting).values(position=Clip.position - ASIDE + 1))


async def _position(session: AsyncSession, project_id: int, draft: Draft) -> int:
    if draft.album_id is not None:
        rows = await session.execute(
            select(Clip.position, Draft)
            .join(Draft, Draft.id == Clip.draft_id)
            .where(Clip.project_id == project_id, Draft.album_id == draft.album_id)
            .order_by(Clip.position)
        )
        later = next((position for position, other in rows if as_sent(other) > as_sent(draft)), None)
        if later is not None:
            return later
    last = select(func.coalesce(func.max(Clip.position), 0)).where(Clip.project_id == project_id)
    return int((await session.execute(last)).scalar_one()) + 1
