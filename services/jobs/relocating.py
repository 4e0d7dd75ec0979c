"""Giving a live job to another vendor, whoever has it in their hands at this moment."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalogue import Catalogue
from services.jobs import states
from services.jobs.kinds import JobKind, Place
from storage.clock import db_now
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Job


class Relocating:
    """Who else can do a job, and the change that makes it theirs."""

    def __init__(self, db: Database, catalogue: Catalogue, kinds: Mapping[str, JobKind]) -> None:
        self.db = db
        self.catalogue = catalogue
        self._kinds = kinds

    def place_at(self, job: Job, vendor: str) -> Place | None:
        """How one vendor would make it, for no more than was shown; None: it cannot, or has it already."""
        return self._elsewhere(job, {*self.catalogue.providers, job.provider} - ({vendor} - {job.provider}))

    def place_without(self, job: Job, vendors: Collection[str]) -> Place | None:
        """How anybody else but `vendors` would make it."""
        return self._elsewhere(job, {*vendors, job.provider})

    def takers(self, job: Job) -> list[str]:
        """Everybody else who could."""
        return [name for name in self.catalogue.providers if self.place_at(job, name) is not None]

    def _elsewhere(self, job: Job, without: Collection[str]) -> Place | None:
        return self._kinds[job.kind].elsewhere(job, self.catalogue, without)


async def relocate(session: AsyncSession, job: Job, place: Place) -> bool:
    """Part of a use case: from now on it is work of another vendor, that waits. False: it has changed meanwhile.

    The fence moves on, so whoever has it in their hands finds out at their next write; under the new token nothing that
    the old vendor still says is heard. What is charged never rises.
    """
    charges = [charge for charge in (job.charge, place.charge) if charge is not None]
    values = {
        "state": states.QUEUED,
        "provider": place.provider,
        "params": place.params,
        "charge": min(charges, default=None),
        "tried": [*job.tried, job.provider],
        "attempts": 0,
        "external_id": None,
        "submission_token": secrets.token_hex(16),
        "progress": 0.0,
        "fence": job.fence + 1,
        "lease_owner": None,
        "lease_until": None,
        "next_poll_at": None,
        "started_at": None,
        "due_at": db_now(),
    }
    still = (Job.id == job.id, Job.fence == job.fence, Job.state.in_(states.LIVE), Job.cancelling.is_(False))
    statement = update(Job).where(*still).values(**values).execution_options(synchronize_session=False)
    return changed_one(await session.execute(statement))
