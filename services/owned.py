"""Drafts, albums and projects of one user, as parts of use cases: what is another's does not exist."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import Erased, NotYours
from services.gathering import as_sent
from storage.tables import Album, Draft, Project, User


async def lock_user(session: AsyncSession, user_id: int) -> None:
    """The lock under which a user's projects are numbered and their clips change places.

    It keeps nobody from writing rows that point to the user (key_share): who has the locks of their pockets does, and
    we may need those next.
    """
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


async def owned_project(session: AsyncSession, user_id: int, project_id: int) -> Project:
    """A project of this user that is not deleted. Raises NotYours, also when there is none."""
    project = await session.get(Project, project_id, populate_existing=True)
    if project is None or project.user_id != user_id or project.deleted_at is not None:
        raise NotYours
    return project


async def owned_draft(session: AsyncSession, user_id: int, draft_id: int, *, lock: bool = False) -> Draft:
    """A draft of this user. Raises NotYours, also when there is none.

    `lock`: it is to be worked on, so what is erased raises Erased.
    """
    # Takes and clips that point to it may be written meanwhile (key_share): who approves one has the lock we need next.
    draft = await session.get(Draft, draft_id, with_for_update={"key_share": True} if lock else None)
    if draft is None or draft.user_id != user_id:
        raise NotYours
    if lock and draft.erased_at is not None:
        raise Erased
    return draft


async def owned_album(session: AsyncSession, user_id: int, album_id: int) -> Album:
    album = await session.scalar(select(Album).where(Album.id == album_id).with_for_update())
    if album is None or album.user_id != user_id:
        raise NotYours
    return album


async def album_drafts(session: AsyncSession, user_id: int, album_id: int) -> list[Draft]:
    """The drafts of an album that were not put away, in the order they were sent."""
    await owned_album(session, user_id, album_id)
    rows = await session.execute(select(Draft).where(Draft.album_id == album_id, Draft.state != "closed"))
    return sorted(rows.scalars(), key=as_sent)
