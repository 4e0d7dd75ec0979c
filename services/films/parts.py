"""What films are joined of, kept between two of them: a film of which one clip changed makes only that one anew."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import delete, select, update

from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import insert_once
from storage.objects.base import ObjectMissing, ObjectStore
from storage.tables import FilmPart

KEEP_SECONDS: Final = 7 * 86_400.0
BATCH: Final = 100


class StoredParts:
    """The parts of one project (a `media.film.Parts`)."""

    def __init__(self, db: Database, store: ObjectStore, user_id: int, project_id: int) -> None:
        self._db = db
        self._store = store
        self._project_id = project_id
        self._folder = f"films/{user_id}/{project_id}/parts"

    async def fetch(self, digest: str, into: Path) -> bool:
        key = self._key(digest)
        try:
            await self._store.download(key, into)
        except ObjectMissing:
            return False
        async with self._db.transaction() as session:
            await session.execute(update(FilmPart).where(FilmPart.part_key == key).values(used_at=db_now()))
        return True

    async def keep(self, digest: str, part: Path) -> None:
        key = self._key(digest)
        async with self._db.transaction() as session:
            await insert_once(session, FilmPart, project_id=self._project_id, part_key=key, used_at=db_now())
            await session.execute(update(FilmPart).where(FilmPart.part_key == key).values(used_at=db_now()))
        await self._store.put(key, part, "video/mp4")

    def _key(self, digest: str) -> str:
        return f"{self._folder}/{digest}.mp4"


class PartsSweep:
    """Parts that no film has needed for a week go."""

    def __init__(self, db: Database, store: ObjectStore) -> None:
        self._db = db
        self._store = store

    async def round(self) -> None:
        while await self._some():
            pass

    async def _some(self) -> bool:
        """Whether there may be more."""
        async with self._db.reading() as session:
            old = select(FilmPart).where(FilmPart.used_at < now_plus(-KEEP_SECONDS)).limit(BATCH)
            parts = (await session.scalars(old)).all()
        for part in parts:
            await self._store.delete(part.part_key)
            # The row goes last, and stays where a film has begun to need the part meanwhile and kept it anew.
            unused = (FilmPart.id == part.id) & (FilmPart.used_at == part.used_at)
            async with self._db.transaction() as session:
                await session.execute(delete(FilmPart).where(unused))
        return len(parts) == BATCH
