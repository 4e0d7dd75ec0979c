"""Photos sent together become one album with one caption: parts of the use case that opens a draft."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.insert import insert_once
from storage.tables import Album, Draft


def as_sent(draft: Draft) -> tuple[int, int]:
    """What to sort the photos of an album by to have them as they were sent.

    They come as single messages, at the same moment and in any order; a messenger numbers messages as they are sent
    (Bot API, Message.message_id), and the number is the end of the draft's source key.
    """
    number = draft.source_key.rpartition(":")[2]
    return (int(number) if number.isascii() and number.isdecimal() else 0, draft.id)


async def album_of(session: AsyncSession, user_id: int, media_group_id: str | None) -> int | None:
    """The id of the album a photo belongs to, made if it is its first."""
    if media_group_id is None:
        return None
    await insert_once(session, Album, user_id=user_id, media_group_id=media_group_id)
    found = select(Album.id).where(Album.user_id == user_id, Album.media_group_id == media_group_id)
    return (await session.execute(found)).scalar_one()


async def share_caption(session: AsyncSession, album_id: int) -> None:
    """People write one caption for an album, which the messenger keeps with one photo: it is meant for all."""
    album = Draft.album_id == album_id
    written = await session.scalar(select(Draft.prompt).where(album, Draft.prompt != "").order_by(Draft.id).limit(1))
    if written:
        silent = album & (Draft.prompt == "") & (Draft.state == "open")
        await session.execute(update(Draft).where(silent).values(prompt=written))
