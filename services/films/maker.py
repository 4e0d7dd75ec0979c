"""This house as a maker of films: it joins them in its own process, and forgets everything when that ends."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, cast

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from providers.base import ClipModel, FailureReason, Phase, ProviderError, Status
from providers.local.workshop import Workshop
from services.films.content import music_mark
from services.films.parts import StoredParts
from services.films.request import FilmRequest
from storage.database import Database
from storage.objects.base import ObjectMissing, ObjectStore, StoreUnavailable
from storage.tables import Soundtrack

log = structlog.get_logger(__name__)
NAME: Final = "film"
KEEP_SECONDS: Final = 900.0
"""How long a finished film waits to be fetched; then its file goes."""
FETCHED: Final = 0.1
"""Of all the work, having the clips at hand."""


class Music(Protocol):
    async def fitted(self, project_id: int, *, seconds: float) -> str | None:
        """The key of a project's music, exactly so long; None where it has none."""
        ...


class NotAsOrdered(Exception):
    """The music is another one by now, or is played otherwise."""


@dataclass(slots=True)
class _Work:
    """One film in the making."""

    file: Path
    task: asyncio.Task[None] | None = None
    progress: float = 0.0
    end: Status | None = None
    ended_at: float = 0.0
    """On the monotonic clock."""

    def go_on(self, done: float) -> None:
        """May be called from another thread."""
        self.progress = FETCHED + (1 - FETCHED) * done


class FilmMaker:
    """Works on whatever it is given at once: how many that are is the worker's to decide."""

    name = NAME
    embedded = True
    resubmits_safely = True  # the same token is the same film, and joining costs nobody anything
    poll_seconds = 0.2
    calls_back = False

    def __init__(self, db: Database, store: ObjectStore, music: Music, folder: Path | None = None) -> None:
        self._db = db
        self._store = store
        self._music = music
        self._place = folder
        self._workshop: Workshop | None = None
        self._works: dict[str, _Work] = {}
        self._count = 0

    def models(self) -> tuple[ClipModel, ...]:
        """It makes no clips."""
        return ()

    async def submit(self, request: FilmRequest) -> str:
        self._forget_old()
        external_id = hashlib.sha256(request.token.encode()).hexdigest()[:32]
        work = self._works.get(external_id)
        # What was stopped can be wanted again after all; everything else one token has one answer to.
        if work is None or (work.end is not None and work.end.phase is Phase.CANCELLED):
            self._begin(external_id, request)
        return external_id

    async def status(self, external_id: str) -> Status:
        work = self._works.get(external_id)
        if work is None:
            return Status(Phase.GONE)
        return work.end or Status(Phase.RUNNING, work.progress)

    async def cancel(self, external_id: str) -> None:
        work = self._works.get(external_id)
        if work is not None and work.task is not None:
            work.task.cancel()

    async def fetch(self, external_id: str, into: Path) -> None:
        work = self._works.get(external_id)
        if work is None or work.end is None or work.end.phase is not Phase.DONE:
            raise ProviderError("there is no such film", provider=NAME, reason=FailureReason.INTERNAL, retryable=True)
        await asyncio.to_thread(shutil.copyfile, work.file, into)

    async def close(self) -> None:
        tasks = [work.task for work in self._works.values() if work.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._workshop is not None:
            await asyncio.to_thread(self._workshop.close)

    def _begin(self, external_id: str, request: FilmRequest) -> None:
        if self._workshop is None:
            self._workshop = Workshop(self._place)
        self._count += 1  # a name of its own each: the stopped one may not have let go of its file yet
        work = self._works[external_id] = _Work(self._workshop.folder / f"{self._count}.mp4")
        work.task = asyncio.create_task(self._make(work, request))

    async def _make(self, work: _Work, request: FilmRequest) -> None:
        """It never raises but when it is cancelled: how it went stands in `work.end`."""
        try:
            await self._join(work, request)
            work.end = Status(Phase.DONE, 1.0)
        except asyncio.CancelledError:
            work.end = Status(Phase.CANCELLED)
            raise
        except (ObjectMissing, NotAsOrdered) as error:
            work.end = _failed(error, FailureReason.BAD_INPUT, retryable=False)
        except (StoreUnavailable, SQLAlchemyError) as error:
            work.end = _failed(error, FailureReason.UNAVAILABLE, retryable=True)
        except Exception as error:  # noqa: BLE001 - of ffmpeg or a codec: the job must learn of it, whatever it is
            work.end = _failed(error, FailureReason.INTERNAL, retryable=True)
        finally:
            work.ended_at = time.monotonic()
            if work.end is None or work.end.phase is not Phase.DONE:
                work.file.unlink(missing_ok=True)

    async def _join(self, work: _Work, request: FilmRequest) -> None:
        # Only here: it needs libraries that processes which make no films can do without.
        from media.film import Transition, join

        with tempfile.TemporaryDirectory(prefix="clips-", dir=work.file.parent) as folder:
            clips = [Path(folder) / f"{number}.mp4" for number in range(len(request.clips))]
            for done, (key, clip) in enumerate(zip(request.clips, clips, strict=True)):
                await self._store.download(key, clip)
                work.progress = FETCHED * done / len(clips)
            await join(
                clips,
                work.file,
                height=request.height,
                transition=cast(Transition, request.transition),
                title=request.title,
                music=await self._fitted(request, Path(folder) / "music.m4a"),
                parts=StoredParts(self._db, self._store, request.user_id, request.project_id),
                on_progress=work.go_on,
            )

    async def _fitted(self, request: FilmRequest, into: Path) -> Path | None:
        """The music, as long as the film. Raises NotAsOrdered."""
        from media.film import Transition, film_seconds

        if request.music is None:
            return None
        transition = cast(Transition, request.transition)
        seconds = film_seconds(request.seconds, transition, request.title is not None)
        for again in (False, True):
            key = await self._music.fitted(request.project_id, seconds=seconds)
            try:
                if key is not None:
                    await self._store.download(key, into)
                break
            except ObjectMissing:  # fitted to another length just now, as whoever changes the project will have it
                if again:
                    raise
        # Asked last: whatever was changed until now, it is noticed.
        async with self._db.reading() as session:
            mine = select(Soundtrack).where(Soundtrack.project_id == request.project_id)
            now = await session.scalar(mine)
        if key is None or now is None or music_mark(now) != request.music:
            raise NotAsOrdered("the music was changed")
        return into

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEEP_SECONDS
        for external_id, work in list(self._works.items()):
            if work.end is not None and work.ended_at < oldest:
                del self._works[external_id]
                work.file.unlink(missing_ok=True)


def _failed(error: Exception, reason: FailureReason, *, retryable: bool) -> Status:
    log.warning("joining failed", error=repr(error), reason=reason)
    failure = ProviderError(f"joining failed: {error!r}", provider=NAME, reason=reason, retryable=retryable)
    failure.__cause__ = error
    return Status(Phase.FAILED, error=failure)
