"""What staff does to a job that is live: end it, or give it to another vendor.

Both are one conditional update past whoever works on it. The vendor is told afterwards, as best we can: should this
process die in between, the work is paid for and nobody gets it.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import FailureReason
from services.errors import AlreadyDone, CannotBeMoved, NotYours
from services.jobs import states
from services.jobs.outcome import Outcomes
from services.jobs.queue import Wake
from services.jobs.relocating import Relocating, relocate
from services.jobs.stopping import stop_at
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.tables import Job


class Steering:
    def __init__(self, relocating: Relocating, outcomes: Outcomes, wake: Wake) -> None:
        self._db = relocating.db
        self._relocating = relocating
        self._outcomes = outcomes
        self._wake = wake

    async def fail(self, actor: Actor, job_id: int) -> None:
        """End it now: its owner gets the credits back and is told. Raises NotYours, AlreadyDone when it is over."""
        async with self._db.transaction() as session:
            job = await _live_job(session, job_id)
            why = FailureReason.STOPPED
            await self._outcomes.give_back(session, job, job.fence, states.FAILED, failure_reason=why)
            before = {"state": job.state, "vendor": job.provider}
            await record(session, actor, Action.JOB_FAILED, f"job:{job.id}", before=before, after={"state": "failed"})
        await self._stop(job)

    async def move(self, actor: Actor, job_id: int, vendor: str) -> None:
        """Have another vendor make it, for no more than was shown; what the old one has of it is dropped.

        Raises NotYours, AlreadyDone (it is over, or its owner wants it cancelled), CannotBeMoved.
        """
        async with self._db.transaction() as session:
            job = await _live_job(session, job_id)
            if job.cancelling or job.provider == vendor:
                raise AlreadyDone
            place = self._relocating.place_at(job, vendor)
            if place is None:
                raise CannotBeMoved
            if not await relocate(session, job, place):
                raise AlreadyDone
            facts = {"vendor": job.provider}, {"vendor": place.provider}
            await record(session, actor, Action.JOB_MOVED, f"job:{job.id}", before=facts[0], after=facts[1])
        await self._wake(job_id)
        await self._stop(job)

    async def _stop(self, job: Job) -> None:
        await stop_at(self._relocating.catalogue.providers.get(job.provider), job.external_id)


async def _live_job(session: AsyncSession, job_id: int) -> Job:
    """Locked, before the first credit moves, as whoever ends a job locks it. Raises NotYours, AlreadyDone."""
    job = await session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotYours
    if job.state not in states.LIVE:
        raise AlreadyDone
    return job
