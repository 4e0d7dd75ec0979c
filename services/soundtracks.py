"""The music of a project: one of our own tracks or what its owner sent, how it is played, and as a film has it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from media.music.made import Mood
from services.dialogue import Expectation, expect, expectation
from services.errors import ChoiceNotOffered, NoMusicYet, StartNotUsable
from services.music_files import MusicFiles
from services.owned import lock_user, owned_project
from storage.database import Database
from storage.insert import changed_one
from storage.objects.base import ObjectStore
from storage.tables import Project, Soundtrack, User

FADES: Final = (0.0, 1.0, 2.0, 5.0)
"""Seconds."""
VOLUMES: Final = (25, 50, 75, 100)
"""Percent."""
TITLE_LIMIT: Final = 64
_FITTING: Final = 1
"""Grows when tracks are fitted in another way: what was fitted before is done anew."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What somebody sent: its bytes, what it is called, and its id at the messenger."""

    data: bytes
    title: str
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class MadeTrack:
    """One of our own tracks, in the store."""

    mood: Mood
    seconds: int
    key: str
    file_id: str | None
    """Its id at the messenger, if somebody has listened to it and chosen it."""


class Soundtracks:
    def __init__(self, db: Database, store: ObjectStore) -> None:
        self._db = db
        self._files = MusicFiles(db, store)

    async def of(self, user_id: int, project_id: int) -> Soundtrack | None:
        """The music of a project; None: it has none. Raises NotYours."""
        async with self._db.reading() as session:
            await owned_project(session, user_id, project_id)
            return await _of(session, project_id)

    async def audio(self, key: str) -> bytes:
        """A whole .m4a, of a project's music or of our own."""
        return await self._files.get(key)

    async def fitted(self, project_id: int, *, seconds: float) -> str | None:
        """The key of an .m4a that plays exactly `seconds` of the project's music; None: there is no music.

        Encoded when it was chosen (`services.fitting`), and again only when the music, how it is played or the film's
        length has changed.
        """
        while True:
            kept, key = await self.fit(project_id, seconds=seconds)
            if kept:
                return key

    async def fit(self, project_id: int, *, seconds: float) -> tuple[bool, str | None]:
        """The same, tried once. False: the music, or what is due of it, was changed meanwhile."""
        async with self._db.reading() as session:
            track = await _of(session, project_id)
            project = await session.get(Project, project_id)
        if track is None or project is None:
            return True, None
        digest = _digest(track, seconds)
        key = f"music/{project.user_id}/{project_id}/fitted-{digest[:32]}.m4a"
        if track.fitted_key == key and await self._files.exists(key):
            return True, key
        await self._files.fit(track, seconds, key)
        async with self._db.transaction() as session:
            same = (Soundtrack.id == track.id) & (Soundtrack.fitted_for.is_not_distinct_from(track.fitted_for))
            kept = changed_one(
                await session.execute(update(Soundtrack).where(same).values(fitted_key=key, fitted_for=digest))
            )
        if not kept:  # there is other music by now, or somebody else was faster
            await self._files.let_go(key)
        elif track.fitted_key != key:
            await self._files.let_go(track.fitted_key)
        return kept, key

    async def expect_sent(self, user_id: int, project_id: int) -> None:
        """The next recording is this project's music. Raises NotYours."""
        async with self._db.transaction() as session:
            await owned_project(session, user_id, project_id)
            await expect(session, user_id, Expectation("music", project_id))

    async def send(self, user_id: int, project_id: int, recording: Recording) -> Soundtrack:
        """Make a recording the music of a project, instead of what it had. Raises NotYours, MusicNotUsable."""
        async with self._db.reading() as session:
            await owned_project(session, user_id, project_id)
        # Named by its content: the same recording sent twice, or by an update that comes twice, is one object.
        digest = hashlib.sha256(recording.data).hexdigest()
        key = f"music/{user_id}/{project_id}/{digest[:32]}.m4a"
        seconds = await self._files.normalise(recording.data, key)
        about = {"origin": "sent", "title": recording.title[:TITLE_LIMIT], "audio_key": key, "seconds": seconds}
        return await self._replace(user_id, project_id, about | {"audio_file_id": recording.file_id})

    async def made(self, mood: Mood, seconds: int) -> MadeTrack:
        """One of our own tracks, to listen to. Raises ChoiceNotOffered."""
        key = await self._files.made(mood, seconds)
        async with self._db.reading() as session:
            known = select(func.max(Soundtrack.audio_file_id)).where(Soundtrack.audio_key == key)
            return MadeTrack(mood, seconds, key, await session.scalar(known))

    async def choose(
        self, user_id: int, project_id: int, mood: Mood, seconds: int, *, file_id: str | None = None
    ) -> Soundtrack:
        """Make one of our own tracks the music of a project, instead of what it had.

        `file_id`: its id at the messenger, if it was listened to. Raises NotYours, ChoiceNotOffered.
        """
        async with self._db.reading() as session:
            await owned_project(session, user_id, project_id)
        track = await self.made(mood, seconds)
        about = {"origin": "made", "title": mood, "audio_key": track.key, "seconds": float(seconds)}
        return await self._replace(user_id, project_id, about | {"audio_file_id": file_id or track.file_id})

    async def start_at(self, user_id: int, project_id: int, start_s: float) -> Soundtrack:
        """From which moment on it plays. Raises NotYours, NoMusicYet, StartNotUsable."""
        track = await self._must_have(user_id, project_id)
        if not 0 <= start_s < track.seconds:
            raise StartNotUsable(track.seconds)
        return await self._change(user_id, project_id, start_s=start_s)

    async def expect_start(self, user_id: int, project_id: int) -> Soundtrack:
        """The next text says from which moment on it plays. Raises NotYours, NoMusicYet."""
        track = await self._must_have(user_id, project_id)
        async with self._db.transaction() as session:
            await expect(session, user_id, Expectation("music_start", project_id))
        return track

    async def fade(
        self, user_id: int, project_id: int, *, in_s: float | None = None, out_s: float | None = None
    ) -> Soundtrack:
        """Raises NotYours, NoMusicYet, ChoiceNotOffered."""
        wanted = {"fade_in_s": in_s, "fade_out_s": out_s}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        if not set(chosen.values()) <= set(FADES):
            raise ChoiceNotOffered
        return await self._change(user_id, project_id, **chosen)

    async def loud(self, user_id: int, project_id: int, volume: int) -> Soundtrack:
        """`volume` in percent. Raises NotYours, NoMusicYet, ChoiceNotOffered."""
        if volume not in VOLUMES:
            raise ChoiceNotOffered
        return await self._change(user_id, project_id, volume=volume)

    async def loop(self, user_id: int, project_id: int, loops: bool) -> Soundtrack:
        """Raises NotYours, NoMusicYet."""
        return await self._change(user_id, project_id, loops=loops)

    async def remove(self, user_id: int, project_id: int) -> bool:
        """Returns whether there was any. Raises NotYours."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            gone = await _of(session, project_id)
            await session.execute(delete(Soundtrack).where(Soundtrack.project_id == project_id))
        if gone is not None:
            await self._files.let_go(gone.audio_key, gone.fitted_key)
        return gone is not None

    async def sent(self, track_id: int, file_id: str) -> None:
        """Remember the id a track has at the messenger."""
        async with self._db.transaction() as session:
            await session.execute(update(Soundtrack).where(Soundtrack.id == track_id).values(audio_file_id=file_id))

    async def _must_have(self, user_id: int, project_id: int) -> Soundtrack:
        track = await self.of(user_id, project_id)
        if track is None:
            raise NoMusicYet
        return track

    async def _change(self, user_id: int, project_id: int, **values: Any) -> Soundtrack:
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            its = update(Soundtrack).where(Soundtrack.project_id == project_id)
            await session.execute(its.values(fitted_for=None, **values))
            track = await _of(session, project_id)
            if track is None:
                raise NoMusicYet
            await _answered(session, user_id)
            return track

    async def _replace(self, user_id: int, project_id: int, about: dict[str, Any]) -> Soundtrack:
        """One project, one track. The same again stays as it is set."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            old = await _of(session, project_id)
            await _answered(session, user_id)
            if old is not None and old.audio_key == about["audio_key"]:
                return old
            if old is not None:
                await session.execute(delete(Soundtrack).where(Soundtrack.id == old.id))
            new = Soundtrack(project_id=project_id, **about)
            session.add(new)
            await session.flush()
        if old is not None:
            await self._files.let_go(old.audio_key, old.fitted_key)
        return new


async def _of(session: AsyncSession, project_id: int) -> Soundtrack | None:
    found = select(Soundtrack).where(Soundtrack.project_id == project_id)
    return await session.scalar(found.execution_options(populate_existing=True))


async def _answered(session: AsyncSession, user_id: int) -> None:
    """What was asked about music needs no answer any more; whatever else was asked still does."""
    asked = expectation(await session.get_one(User, user_id, populate_existing=True))
    if asked is not None and asked.expects in {"music", "music_start"}:
        await expect(session, user_id, None)


def _digest(track: Soundtrack, seconds: float) -> str:
    """Of all that the fitted track depends on."""
    how = (track.audio_key, track.start_s, track.fade_in_s, track.fade_out_s, track.volume, track.loops)
    return hashlib.sha256(repr((_FITTING, how, round(seconds * 1000))).encode()).hexdigest()
