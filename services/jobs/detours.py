"""Work that waits for a vendor that is given nothing new goes to another one that makes it for no more than was shown.

What nobody else makes waits on: until the vendor is given work again, or to its deadline.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select

from services.jobs import states
from services.jobs.queue import Wake
from services.jobs.relocating import Relocating, relocate
from storage.tables import Job

log = structlog.get_logger(__name__)


class Detours:
    def __init__(self, relocating: Relocating, wake: Wake) -> None:
        self._db = relocating.db
        self._relocating = relocating
        self._wake = wake

    async def round(self) -> None:
        paused = self._relocating.catalogue.paused
        if not paused:
            return
        stuck = select(Job).where(Job.state == states.QUEUED, Job.provider.in_(paused), Job.cancelling.is_(False))
        async with self._db.reading() as session:
            jobs = (await session.execute(stuck.order_by(Job.id))).scalars().all()
        for job in jobs:
            place = self._relocating.place_without(job, {*paused, *job.tried})
            if place is None:
                continue
            async with self._db.transaction() as session:
                moved = await relocate(session, job, place)
            if moved:
                log.info("job goes to another vendor", job_id=job.id, provider=place.provider)
                await self._wake(job.id)
