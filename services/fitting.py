"""Music is fitted to a film before that is asked for: when it is chosen, and when the film it lies under changes.

Encoding takes several times as long as all the rest of joining clips that agree, which then only copies.
"""

from __future__ import annotations

from typing import Final, cast

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from media.film.facts import Transition
from media.film.length import film_seconds
from services.errors import FilmTooLong, NothingToJoin
from services.films.content import content_of
from services.soundtracks import Soundtracks
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Clip, Project, Soundtrack

A_ROUND: Final = 10
TRIED: Final = ""
"""No digest: what cannot be fitted is tried once ahead, and then by the film itself, which says why it fails."""


class Fitting:
    def __init__(self, db: Database, soundtracks: Soundtracks) -> None:
        self._db = db
        self._soundtracks = soundtracks

    async def round(self) -> None:
        """Raises what storing or ffmpeg raise; the others are fitted by the next round."""
        clips = select(Clip.id).where(Clip.project_id == Project.id).exists()
        with_clips = select(Soundtrack.project_id, Project.user_id).join(Project, Project.id == Soundtrack.project_id)
        due = with_clips.where(Soundtrack.fitted_for.is_(None), Project.deleted_at.is_(None), clips)
        async with self._db.reading() as session:
            found = (await session.execute(due.order_by(Soundtrack.id).limit(A_ROUND))).all()
        for project_id, user_id in found:
            seconds = await self._taken(project_id, user_id)
            if seconds is not None:
                await self._soundtracks.fit(project_id, seconds=seconds)

    async def _taken(self, project_id: int, user_id: int) -> float | None:
        """Seconds of the film as it is usually made; None: there is none, or the music is fitted already."""
        async with self._db.transaction() as session:
            waiting = (Soundtrack.project_id == project_id) & Soundtrack.fitted_for.is_(None)
            if not changed_one(await session.execute(update(Soundtrack).where(waiting).values(fitted_for=TRIED))):
                return None
            # Read after it was taken: whatever changes from now on makes it due again.
            content = await content_of(session, user_id, project_id)
            try:
                content.check()
            except (NothingToJoin, FilmTooLong):
                return None
            usual = content.usual
            return film_seconds(
                [take.seconds for take in content.takes], cast(Transition, usual.transition), usual.title
            )


async def film_changed(session: AsyncSession, project_id: int) -> None:
    """Its film may be longer or shorter by now, so its music is due. Part of the use cases that change it."""
    await session.execute(update(Soundtrack).where(Soundtrack.project_id == project_id).values(fitted_for=None))
