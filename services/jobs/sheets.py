"""Jobs and vendors as staff looks at them: live jobs and those that are over, and what can be done about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case, func, select

from services.errors import NotYours
from services.jobs import states
from services.jobs.dead import can_be_done_over
from services.jobs.health import Condition, Health
from services.jobs.relocating import Relocating
from storage.clock import db_now
from storage.tables import Job, User

PAGE: Final = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    job: Job
    user: User
    age_s: float
    """Since it was ordered, or how long it took until it was over."""
    takers: list[str]
    """Vendors that it could be given to, for no more than was shown."""
    can_be_done_over: bool

    @property
    def live(self) -> bool:
        return self.job.state in states.LIVE


@dataclass(frozen=True, slots=True)
class VendorSheet:
    name: str
    active: bool
    """Whether it is given clips to make, as the values say; what makes no clips always is."""
    paused: bool
    condition: Condition | None
    """None: it never failed."""
    waiting: int
    working: int
    """Jobs that were begun there."""


class Sheets:
    def __init__(self, relocating: Relocating) -> None:
        self._db = relocating.db
        self._relocating = relocating
        self._health = Health(self._db)

    async def job(self, job_id: int) -> Sheet:
        """Raises NotYours."""
        async with self._db.reading() as session:
            found = (await session.execute(_SHEET.where(Job.id == job_id))).one_or_none()
            again = await session.scalar(select(Job.id).where(Job.id == job_id, can_be_done_over()))
        if found is None:
            raise NotYours
        return self._sheet(found, again=again is not None)

    async def live(self, page: int = 0) -> tuple[list[Sheet], int]:
        """A page of the jobs that are not over, the oldest first, and how many there are."""
        live = Job.state.in_(states.LIVE)
        async with self._db.reading() as session:
            total = (await session.execute(select(func.count()).select_from(Job).where(live))).scalar_one()
            rows = await session.execute(_SHEET.where(live).order_by(Job.id).limit(PAGE).offset(page * PAGE))
            return [self._sheet(row, again=False) for row in rows], total

    async def vendors(self) -> list[VendorSheet]:
        """Everybody that work can be given to here, in failover order."""
        catalogue = self._relocating.catalogue
        waits = case((Job.state == states.QUEUED, 1), else_=0)
        begun = case((Job.state == states.QUEUED, 0), else_=1)
        counts = select(Job.provider, func.sum(waits), func.sum(begun)).where(Job.state.in_(states.LIVE))
        async with self._db.reading() as session:
            counted = {name: numbers for name, *numbers in await session.execute(counts.group_by(Job.provider))}
        known = {one.name: one for one in await self._health.conditions()}
        active = {*catalogue.makers, *(set(catalogue.providers) - set(catalogue.vendors))}
        return [
            VendorSheet(name, name in active, name in catalogue.paused, known.get(name), *counted.get(name, (0, 0)))
            for name in sorted(catalogue.providers, key=lambda name: _place(name, list(catalogue.makers)))
        ]

    async def vendor(self, name: str) -> VendorSheet:
        """Raises NotYours."""
        found = [one for one in await self.vendors() if one.name == name]
        if not found:
            raise NotYours
        return found[0]

    def _sheet(self, row: Any, *, again: bool) -> Sheet:
        job, user, now = row
        age = ((job.finished_at or now) - job.created_at).total_seconds()
        takers = self._relocating.takers(job) if job.state in states.LIVE and not job.cancelling else []
        return Sheet(job, user, age, takers, again)


_SHEET = select(Job, User, db_now()).join(User, User.id == Job.user_id)


def _place(name: str, active: list[str]) -> int:
    return active.index(name) if name in active else len(active)
