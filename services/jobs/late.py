"""Clips that come after all: the job had failed at its deadline and the credits were back, so they are a gift.

The vendor was paid, and the person wanted it. For a day the vendor is still asked, seldom.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import Phase, Provider, ProviderError
from services.catalogue import Catalogue
from services.jobs import states
from services.jobs.kinds import JobKind
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Job

log = structlog.get_logger(__name__)
AGAIN_SECONDS: Final = 300.0
BATCH: Final = 50


class LateResults:
    def __init__(self, db: Database, catalogue: Catalogue, kinds: dict[str, JobKind]) -> None:
        self._db = db
        self._catalogue = catalogue
        self._kinds = kinds

    async def round(self) -> None:
        """Ask once about each failed job whose time for that has come."""
        async with self._db.reading() as session:
            due = select(Job).where(_late(), Job.next_poll_at <= db_now()).order_by(Job.next_poll_at).limit(BATCH)
            jobs = (await session.execute(due)).scalars().all()
        for job in jobs:
            with structlog.contextvars.bound_contextvars(cid=job.correlation_id, job_id=job.id):
                await self._look(job)

    async def _look(self, job: Job) -> None:
        provider = self._catalogue.providers.get(job.provider)
        if provider is None or job.external_id is None:
            await self._write(job, next_poll_at=None)
            return
        try:
            status = await provider.status(job.external_id)
            if status.phase == Phase.DONE:
                await self._deliver(job, provider, status.cost)
            elif status.phase in (Phase.WAITING, Phase.RUNNING):
                await self._write(job, next_poll_at=now_plus(AGAIN_SECONDS))
            else:
                await self._write(job, next_poll_at=None, late_until=None)
        except ProviderError as error:
            log.info("no late clip yet", error=str(error))
            await self._write(job, next_poll_at=now_plus(AGAIN_SECONDS))

    async def _deliver(self, job: Job, provider: Provider, cost: float | None) -> None:
        with tempfile.TemporaryDirectory(prefix="echoes-") as folder:
            result = Path(folder) / "result.mp4"
            await provider.fetch(str(job.external_id), result)
            accepted = await self._kinds[job.kind].accept(job, result)
        async with self._db.transaction() as session:
            if await _settle(session, job, next_poll_at=None, late_until=None, cost=cost):
                await self._kinds[job.kind].give(session, job, accepted)
        log.warning("clip came late and is a gift", cost=cost, provider=job.provider)

    async def _write(self, job: Job, **values: Any) -> None:
        async with self._db.transaction() as session:
            await _settle(session, job, **values)


async def _settle(session: AsyncSession, job: Job, **values: Any) -> bool:
    """False where another process was quicker."""
    mine = (Job.id == job.id) & (Job.fence == job.fence) & _late()
    return changed_one(await session.execute(update(Job).where(mine).values(**values)))


def _late() -> ColumnElement[bool]:
    return (Job.state == states.FAILED) & (Job.late_until > db_now())
