"""Mending what got lost: wake-ups that never arrived, workers that died, jobs past their deadline."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import select

from providers.base import FailureReason
from services.jobs import states
from services.jobs.outcome import LeaseLost, Outcomes
from services.jobs.queue import JobQueue, Wake
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.tables import Job

log = structlog.get_logger(__name__)


class Sweep:
    def __init__(self, db: Database, queue: JobQueue, outcomes: Outcomes, wake: Wake) -> None:
        self._db = db
        self._queue = queue
        self._outcomes = outcomes
        self._wake = wake

    async def run(self, pending: int) -> None:
        """One round. `pending` is how many wake-ups the dispatcher still has: only missing ones are repeated."""
        await self._fail_overdue()
        claimable = await self._queue.claimable()
        for job_id in claimable[pending:]:
            log.info("waking again", job_id=job_id)
            await self._wake(job_id)

    async def _fail_overdue(self) -> None:
        async with self._db.reading() as session:
            late = (Job.deadline_at < db_now()) & Job.state.in_(states.LIVE)
            overdue = (await session.execute(select(Job).where(late))).scalars().all()
        for job in overdue:
            log.error("job is past its deadline", job_id=job.id, state=job.state)
            try:
                await self._outcomes.fail(job, job.fence, FailureReason.TIMED_OUT, **_looked_after(job))
            except LeaseLost:
                log.info("it ended in this moment", job_id=job.id)


def _looked_after(job: Job) -> dict[str, Any]:
    """What a vendor has may still be finished there: see services.jobs.late."""
    if job.state != states.RUNNING or job.next_poll_at is None:
        return {}
    return {"late_until": now_plus(states.LATE_SECONDS), "next_poll_at": now_plus(states.FIRST_LATE_LOOK_SECONDS)}
