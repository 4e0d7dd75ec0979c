"""Drafts and albums of one user, as parts of use cases: what is another's does not exist."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import NotYours
from services.gathering import as_sent
from storage.tables import Album, Draft


async def owned_draft(session: AsyncSession, user_id: int, draft_id: int, *, lock: bool = False) -> Draft:
    """A draft of this user. Raises NotYours, also when there is none."""
    # Takes and clips that point to it may be written meanwhile (key_share): who approves one has the lock we need next.
    draft = await session.get(Draft, draft_id, with_for_update={"key_share": True} if lock else None)
    if draft is None or draft.user_id != user_id:
        raise NotYours
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
