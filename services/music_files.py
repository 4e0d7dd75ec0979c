"""The files behind the music of projects: checked, encoded, fitted, and let go of. No row is written here."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy import exists, or_, select

from media.errors import MusicRefused
from media.music import fit
from media.music.encoding import CONTENT_TYPE
from media.music.made import LENGTHS, MOODS, Mood, make
from media.music.sent import normalise
from services.errors import ChoiceNotOffered, MusicNotUsable
from storage.database import Database
from storage.objects.base import ObjectStore
from storage.tables import Soundtrack

OURS: Final = "music/made/"
_EDITION: Final = 1
"""Of our tracks: grows when they are composed anew."""


class MusicFiles:
    def __init__(self, db: Database, store: ObjectStore) -> None:
        self._db = db
        self._store = store

    async def get(self, key: str) -> bytes:
        return await self._store.get(key)

    async def exists(self, key: str) -> bool:
        return await self._store.exists(key)

    async def made(self, mood: Mood, seconds: int) -> str:
        """The key of one of our own tracks, composed now if nobody wanted it before. Raises ChoiceNotOffered."""
        if mood not in MOODS or seconds not in LENGTHS:
            raise ChoiceNotOffered
        key = f"{OURS}{mood}-{seconds}-v{_EDITION}.m4a"
        if not await self._store.exists(key):
            with tempfile.TemporaryDirectory(prefix="music-") as folder:
                into = Path(folder) / "made.m4a"
                await make(mood, seconds, into)
                await self._store.put(key, into, CONTENT_TYPE)
        return key

    async def normalise(self, data: bytes, key: str) -> float:
        """Check what was sent and keep what is heard of it. Returns its seconds. Raises MusicNotUsable."""
        with tempfile.TemporaryDirectory(prefix="music-") as folder:
            source, into = Path(folder) / "sent", Path(folder) / "music.m4a"
            await asyncio.to_thread(source.write_bytes, data)
            try:
                seconds = await normalise(source, into)
            except MusicRefused as refused:
                raise MusicNotUsable(refused.reason) from refused
            await self._store.put(key, into, CONTENT_TYPE)
        return seconds

    async def fit(self, track: Soundtrack, seconds: float, key: str) -> None:
        """Keep the track as a film of so many seconds has it. Raises ObjectMissing."""
        with tempfile.TemporaryDirectory(prefix="music-") as folder:
            source, into = Path(folder) / "music.m4a", Path(folder) / "fitted.m4a"
            await self._store.download(track.audio_key, source)
            await fit(
                source,
                into,
                seconds=seconds,
                start_s=track.start_s,
                fade_in_s=track.fade_in_s,
                fade_out_s=track.fade_out_s,
                volume=track.volume,
                loops=track.loops,
            )
            await self._store.put(key, into, CONTENT_TYPE)

    async def let_go(self, *keys: str | None) -> None:
        """Delete what no row refers to any more. Our own tracks are everybody's and stay."""
        for key in keys:
            if key is not None and not key.startswith(OURS) and not await self._wanted(key):
                await self._store.delete(key)

    async def _wanted(self, key: str) -> bool:
        named = or_(Soundtrack.audio_key == key, Soundtrack.fitted_key == key)
        async with self._db.reading() as session:
            return bool(await session.scalar(select(exists().where(named))))
