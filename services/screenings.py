"""Screenings: a project as it is played, clip after clip, with links to its media that live for minutes.

Nothing is stitched: who plays it gets the approved clips in their order, and asks again before the links end.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from media.film.length import transition_seconds
from media.link_picture import MOST_STILLS, link_picture
from services.errors import NotYours
from storage.database import Database
from storage.objects.base import ObjectMissing, ObjectStore
from storage.tables import Clip, Project, Share, Soundtrack, Take, User

LINK_SECONDS: Final = 600
"""Short, so that a film that is no longer shared is soon out of everybody's reach."""


@dataclass(frozen=True, slots=True)
class ShownClip:
    """`url` and `poster` are links that expire; `seconds` is its length, `width` and `height` are pixels."""

    url: str
    poster: str
    seconds: float
    width: int
    height: int
    caption: str | None


@dataclass(frozen=True, slots=True)
class ShownMusic:
    """`url` expires. It plays from `start_s` and fades at both ends of the film; `volume` is in percent."""

    url: str
    seconds: float
    start_s: float
    fade_in_s: float
    fade_out_s: float
    volume: int
    loops: bool


@dataclass(frozen=True, slots=True)
class Screening:
    project: Project
    clips: list[ShownClip]
    """In their order; there may be none."""
    transition_s: float
    """How long one clip takes to give way to the next, unless that is done by a cut."""
    music: ShownMusic | None
    expires_in: int
    """Seconds its links live."""


class Screenings:
    def __init__(self, db: Database, store: ObjectStore, *, link_seconds: int = LINK_SECONDS) -> None:
        self._db = db
        self._store = store
        self._link_seconds = link_seconds
        self._origin: str | None = None

    async def shared(self, token: str) -> Screening:
        """What a live link shows. Raises NotYours for one that was revoked, never was, or whose project is deleted."""
        async with self._db.reading() as session:
            project = await _shared(session, token)
            clips, music = await _film(session, project)
        return await self._screening(project, clips, music)

    async def own(self, telegram_id: int, project_id: int) -> Screening:
        """A project as its owner sees it, by their id at Telegram. Raises NotYours."""
        async with self._db.reading() as session:
            theirs = select(Project).join(User, User.id == Project.user_id).where(User.telegram_id == telegram_id)
            project = await session.scalar(theirs.where(Project.id == project_id, Project.deleted_at.is_(None)))
            if project is None:
                raise NotYours
            clips, music = await _film(session, project)
        return await self._screening(project, clips, music)

    async def announced(self, token: str) -> Project:
        """The project behind a live link, without its media. Raises NotYours."""
        async with self._db.reading() as session:
            return await _shared(session, token)

    async def picture(self, token: str) -> bytes:
        """What previews of a live link show: a JPEG of its first clips' stills. Raises NotYours, also without clips."""
        async with self._db.reading() as session:
            clips, _ = await _film(session, await _shared(session, token))
        stills = [still for take, _ in clips[:MOST_STILLS] if (still := await self._still(take)) is not None]
        if not stills:
            raise NotYours
        return await asyncio.to_thread(link_picture, stills)

    async def origin(self) -> str:
        """Where the store's links lead, as scheme, host and port: whoever plays them has to allow it."""
        if self._origin is None:
            # Asked of the store itself: what its address is made of differs from store to store.
            address = urlsplit(await self._store.url("origin", expires_in_seconds=1))
            self._origin = f"{address.scheme}://{address.netloc}"
        return self._origin

    async def _still(self, take: Take) -> bytes | None:
        try:
            return await self._store.get(take.thumbnail_key)
        except ObjectMissing:
            return None

    async def _screening(
        self, project: Project, clips: list[tuple[Take, str | None]], music: Soundtrack | None
    ) -> Screening:
        shown = [await self._clip(take, caption) for take, caption in clips]
        track = await self._music(music) if music else None
        passing = transition_seconds([clip.seconds for clip in shown])
        return Screening(project, shown, passing, track, self._link_seconds)

    async def _clip(self, take: Take, caption: str | None) -> ShownClip:
        url, poster = await self._link(take.video_key), await self._link(take.thumbnail_key)
        return ShownClip(url, poster, take.seconds, take.width, take.height, caption)

    async def _music(self, track: Soundtrack) -> ShownMusic:
        return ShownMusic(
            url=await self._link(track.audio_key),
            seconds=track.seconds,
            start_s=track.start_s,
            fade_in_s=track.fade_in_s,
            fade_out_s=track.fade_out_s,
            volume=track.volume,
            loops=track.loops,
        )

    async def _link(self, key: str) -> str:
        return await self._store.url(key, expires_in_seconds=self._link_seconds)


async def _shared(session: AsyncSession, token: str) -> Project:
    live = select(Project).join(Share, Share.project_id == Project.id).where(Share.token == token)
    project = await session.scalar(live.where(Share.revoked_at.is_(None), Project.deleted_at.is_(None)))
    if project is None:
        raise NotYours
    return project


async def _film(session: AsyncSession, project: Project) -> tuple[list[tuple[Take, str | None]], Soundtrack | None]:
    """The takes in their order, each with its caption, and the music."""
    rows = await session.execute(
        select(Take, Clip.caption)
        .join(Clip, Clip.take_id == Take.id)
        .where(Clip.project_id == project.id, Take.erased_at.is_(None))
        .order_by(Clip.position)
    )
    music = await session.scalar(select(Soundtrack).where(Soundtrack.project_id == project.id))
    return [(take, caption) for take, caption in rows], music
