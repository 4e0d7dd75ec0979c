"""Where a take goes in a project once it is approved. Part of the use cases that approve."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.fitting import film_changed
from services.gathering import as_sent
from storage.tables import Clip, Draft, Project, Take

ASIDE: Final = 1_000_000
"""Far beyond any clip: where places wait while others move, since no two may be alike even for a moment."""
_STANDS_IN: Final = (
    select(Project)
    .join(Clip)
    .where(Clip.take_id == bindparam("take"), Project.deleted_at.is_(None))
    .order_by(Project.completed_at.is_not(None), Project.chosen_at.desc(), Project.id.desc())
    .limit(1)
)


async def place(session: AsyncSession, project: Project, take: Take) -> None:
    """Put a take into the current project, or in the place of an earlier take of the same photo.

    Copies of a project have the same photos, so there may be several places: that in the current project is taken,
    else that in the one chosen last of those still open. A take that stands somewhere stays as it is.

    What is new goes to the end, except that photos sent together keep their order: before the first photo of the same
    album that was sent later and stands in the project. The caller holds the lock of whose project it is.
    """
    if await stands_in(session, take.id) is not None:
        return
    placed = await _earlier(session, project, take)
    if placed is not None:
        await session.execute(update(Clip).where(Clip.id == placed.id).values(take_id=take.id))
        await film_changed(session, placed.project_id)
        return
    position = await _position(session, project.id, await session.get_one(Draft, take.draft_id))
    await make_room(session, project.id, position)
    session.add(Clip(project_id=project.id, draft_id=take.draft_id, take_id=take.id, position=position))
    await session.flush()
    await film_changed(session, project.id)


async def make_room(session: AsyncSession, project_id: int, position: int) -> None:
    """Move the clips from `position` on one place further."""
    moving = (Clip.project_id == project_id) & (Clip.position >= position)
    await session.execute(update(Clip).where(moving).values(position=Clip.position + ASIDE))
    waiting = (Clip.project_id == project_id) & (Clip.position > ASIDE)
    await session.execute(update(Clip).where(waiting).values(position=Clip.position - ASIDE + 1))


async def close_gap(session: AsyncSession, project_id: int, position: int) -> None:
    """Move the clips after `position`, where there is none any more, one place nearer."""
    moving = (Clip.project_id == project_id) & (Clip.position > position)
    await session.execute(update(Clip).where(moving).values(position=Clip.position + ASIDE))
    waiting = (Clip.project_id == project_id) & (Clip.position > ASIDE)
    await session.execute(update(Clip).where(waiting).values(position=Clip.position - ASIDE - 1))


async def move(session: AsyncSession, project_id: int, at: int, to: int) -> None:
    """Let the clip at place `at` stand at place `to`, and those between them one place nearer to where it was."""
    between = Clip.position.between(min(at, to), max(at, to))
    await session.execute(
        update(Clip).where(Clip.project_id == project_id, between).values(position=Clip.position + ASIDE)
    )
    step = 1 if to < at else -1
    place = case((Clip.position == at + ASIDE, to), else_=Clip.position - ASIDE + step)
    waiting = (Clip.project_id == project_id) & (Clip.position > ASIDE)
    await session.execute(update(Clip).where(waiting).values(position=place))


async def stands_in(session: AsyncSession, take_id: int) -> Project | None:
    """Where this very take stands approved: where it still counts before where all is completed."""
    return await session.scalar(_STANDS_IN, {"take": take_id})


async def _earlier(session: AsyncSession, project: Project, take: Take) -> Clip | None:
    open_ = Project.deleted_at.is_(None) & Project.completed_at.is_(None)
    mine = (Project.user_id == project.user_id) & (Clip.draft_id == take.draft_id) & open_
    order = ((Project.id == project.id).desc(), Project.chosen_at.desc(), Project.id.desc())
    return await session.scalar(select(Clip).join(Project).where(mine).order_by(*order).limit(1))


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
