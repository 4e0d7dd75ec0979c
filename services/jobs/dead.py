"""Dead letters: jobs that failed through no fault of the person. Owners look at them, and may have them done over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from providers.base import FailureReason
from services import ledger
from services.catalogue import Catalogue
from services.errors import CannotBeRetried, NotEnoughCredits, NotYours
from services.jobs import states
from services.jobs.kinds import JobKind
from services.jobs.queue import Order, Wake, create
from services.jobs.verdicts import ABOUT_THE_ORDER
from services.ledger import TransferKind
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Draft, Job, Take, User

PAGE: Final = 5


@dataclass(frozen=True, slots=True)
class DeadLetter:
    job: Job
    user: User


@dataclass(frozen=True, slots=True)
class Overview:
    """How the job service is doing."""

    counts: dict[str, int]
    """How many jobs there are in each state."""
    oldest_waiting_s: float | None
    """How long (seconds) the job at the end of its patience has been waiting; None: none waits."""
    dead: int


class DeadLetters:
    def __init__(
        self,
        db: Database,
        catalogue: Catalogue,
        kinds: Mapping[str, JobKind],
        wake: Wake,
        deadline_s: float = states.DEADLINE_SECONDS,
    ) -> None:
        self._db = db
        self._catalogue = catalogue
        self._kinds = kinds
        self._wake = wake
        self._deadline_s = deadline_s

    async def overview(self) -> Overview:
        async with self._db.reading() as session:
            counts = dict((await session.execute(select(Job.state, func.count()).group_by(Job.state))).all())
            oldest = await session.scalar(select(func.min(Job.created_at)).where(Job.state == states.QUEUED))
            dead = (await session.execute(select(func.count()).select_from(Job).where(is_dead()))).scalar_one()
        waited = (datetime.now(UTC) - oldest).total_seconds() if oldest else None
        return Overview(counts, waited, dead)

    async def listed(self, page: int = 0) -> tuple[list[DeadLetter], int]:
        """A page of them, newest first, and how many there are."""
        async with self._db.reading() as session:
            total = (await session.execute(select(func.count()).select_from(Job).where(is_dead()))).scalar_one()
            query = select(Job, User).join(User, User.id == Job.user_id).where(is_dead()).order_by(Job.id.desc())
            found = await session.execute(query.limit(PAGE).offset(page * PAGE))
            return [DeadLetter(job, user) for job, user in found], total

    async def retry(self, actor: Actor, job_id: int) -> Job:
        """Have it done over, once, at the house's expense: the price is given to its owner and set aside again.

        Raises NotYours, CannotBeRetried, TooManyOpenJobs.
        """
        async with self._db.transaction() as session:
            job = await _dead_job(session, job_id)
            # No other order of the same draft may be under way: one of them is what its owner waits for.
            idle = (Draft.id == job.draft_id) & (Draft.state != "working") & Draft.erased_at.is_(None)
            begun = await session.execute(update(Draft).where(idle).values(state="working"))
            if job.draft_id is not None and not changed_one(begun):
                raise CannotBeRetried
            order = self._order(job)
            if job.price:
                kind, key = TransferKind.ADMIN, f"retry:{job.id}"
                await ledger.grant(session, job.user_id, job.price, kind=kind, key=key)
            try:
                made = await create(session, order, deadline_s=self._deadline_s)
            except NotEnoughCredits as owing:  # what was given paid a debt
                raise CannotBeRetried from owing
            await self._kinds[job.kind].done_over(session, job, made)
            await record(session, actor, Action.JOB_RETRIED, f"job:{job.id}", after={"job": made.id})
        await self._wake(made.id)
        return made

    def _order(self, job: Job) -> Order:
        """The same work for the same price, by whoever makes it today. Raises CannotBeRetried."""
        place = self._kinds[job.kind].anew(job, self._catalogue)
        if place is None:
            raise CannotBeRetried
        key = f"retry:{job.id}"
        return Order(job.kind, job.user_id, job.draft_id, key, place.params, job.price, place.provider, retry_of=job.id)


def is_dead() -> ColumnElement[bool]:
    """It waits for somebody to look at it: whoever stopped one themselves has done so."""
    unseen = or_(Job.failure_reason.is_(None), Job.failure_reason != FailureReason.STOPPED)
    return can_be_done_over() & unseen


def can_be_done_over() -> ColumnElement[bool]:
    """Failed, not by what was ordered, not made good by a clip that came late or by a retry."""
    again = aliased(Job)
    return (
        (Job.state == states.FAILED)
        & or_(Job.failure_reason.is_(None), Job.failure_reason.not_in(ABOUT_THE_ORDER))
        & ~select(Take.id).where(Take.job_id == Job.id).exists()
        & ~select(again.id).where(again.retry_of == Job.id).exists()
    )


async def _dead_job(session: AsyncSession, job_id: int) -> Job:
    """Locked."""
    job = await session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NotYours
    if await session.scalar(select(Job.id).where(Job.id == job_id, can_be_done_over())) is None:
        raise CannotBeRetried
    return job
