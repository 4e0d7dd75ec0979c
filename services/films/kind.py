"""The kind of job that joins a project into a film."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from media.errors import ClipRefused
from media.thumbnail import thumbnail
from providers.base import FailureReason, ProviderError
from services import outbox
from services.catalogue import Catalogue
from services.errors import CannotBeRetried
from services.films.request import FilmRequest
from services.jobs import states
from services.jobs.kinds import Place
from storage.objects.base import ObjectStore
from storage.tables import Film, Job, Project

if TYPE_CHECKING:
    from media.finished import Finished

KIND: Final = "film"


@dataclass(frozen=True, slots=True)
class StoredFilm:
    """A film that was checked and is in the object store."""

    facts: Finished
    video_key: str
    thumbnail_key: str


class FilmKind:
    name = KIND

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def request(self, job: Job) -> FilmRequest:
        wanted = dict(job.params)
        clips, seconds = tuple(wanted.pop("clips")), tuple(wanted.pop("seconds"))
        return FilmRequest(token=str(job.submission_token), user_id=job.user_id, clips=clips, seconds=seconds, **wanted)

    def elsewhere(self, job: Job, catalogue: Catalogue, without: Collection[str]) -> Place | None:  # noqa: ARG002
        """Nobody but this house joins films."""
        return None

    def anew(self, job: Job, catalogue: Catalogue) -> Place | None:
        return Place(job.provider, job.params, None) if job.provider in catalogue.providers else None

    async def accept(self, job: Job, result: Path) -> StoredFilm:
        try:
            facts = await asyncio.to_thread(_checked, job, result)
        except ClipRefused as refused:
            raise ProviderError(
                f"the film is {refused}", provider=job.provider, reason=FailureReason.BAD_RESULT, retryable=True
            ) from refused
        # The key is the job's own, so that storing again after a crash overwrites and leaves nothing behind.
        name = f"films/{job.user_id}/{job.params['project_id']}/{job.id}"
        stored = StoredFilm(facts, f"{name}.mp4", f"{name}.jpg")
        await self._store.put(stored.video_key, result, "video/mp4")
        await thumbnail(result, still := result.with_suffix(".jpg"), seconds=facts.seconds)
        await self._store.put(stored.thumbnail_key, still, "image/jpeg")
        return stored

    async def keep(self, session: AsyncSession, job: Job, accepted: StoredFilm) -> None:
        facts = accepted.facts
        made = {
            "video_key": accepted.video_key,
            "thumbnail_key": accepted.thumbnail_key,
            "width": facts.width,
            "height": facts.height,
            "seconds": facts.seconds,
            "size_bytes": facts.size_bytes,
        }
        await session.execute(update(Film).where(Film.job_id == job.id).values(**made))
        await _tell(session, "film_ready", job)

    async def give(self, session: AsyncSession, job: Job, accepted: StoredFilm) -> None:
        """A film is made by the very worker that has its job, so none ever comes late."""

    async def settled(self, session: AsyncSession, job: Job, state: str) -> None:
        await _tell(session, "film_failed" if state == states.FAILED else "film_cancelled", job)

    async def done_over(self, session: AsyncSession, job: Job, made: Job) -> None:
        film = (await session.execute(select(Film).where(Film.job_id == job.id).with_for_update())).scalar_one()
        project = await session.get_one(Project, film.project_id)
        if project.deleted_at is not None or film.erased_at is not None or await _another(session, film):
            raise CannotBeRetried
        await session.execute(update(Film).where(Film.id == film.id).values(job_id=made.id))


async def _another(session: AsyncSession, film: Film) -> bool:
    """Whether its owner has ordered the same again meanwhile."""
    other = aliased(Film)
    same = (other.digest == film.digest) & (other.project_id == film.project_id) & (other.id > film.id)
    return await session.scalar(select(other.id).where(same).limit(1)) is not None


def _checked(job: Job, result: Path) -> Finished:
    # Only where films are made: joining needs libraries that other processes can do without.
    from media.film import film_seconds
    from media.finished import check_film

    wanted = job.params
    seconds = film_seconds(wanted["seconds"], wanted["transition"], wanted["title"] is not None)
    sound, clips = wanted["music"] is not None, len(wanted["clips"])
    return check_film(result, short_side=wanted["height"], seconds=seconds, clips=clips, sound=sound)


async def _tell(session: AsyncSession, kind: str, job: Job) -> None:
    film_id = (await session.execute(select(Film.id).where(Film.job_id == job.id))).scalar_one()
    payload = {"film_id": film_id, "job_id": job.id}
    await outbox.put(session, key=f"{kind}:{job.id}", user_id=job.user_id, kind=kind, payload=payload)
