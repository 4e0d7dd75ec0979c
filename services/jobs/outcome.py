"""Writing to a claimed job, and ending it: state, hold, rows and message in one transaction, exactly once."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import FailureReason
from services import ledger
from services.jobs import states
from services.jobs.kinds import JobKind
from services.jobs.queue import Claim
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Job

_jobs = cast("Table", Job.__table__)
_CANCELLING = select(_jobs.c.cancelling).where(_jobs.c.id == bindparam("job"))
_OURS = (
    (_jobs.c.id == bindparam("job")) & (_jobs.c.fence == bindparam("claimed")) & _jobs.c.state.not_in(states.TERMINAL)
)


class LeaseLost(Exception):
    """Somebody else has the job now: whatever we hold in our hands is not ours to write."""


class Outcomes:
    def __init__(self, db: Database, kinds: dict[str, JobKind]) -> None:
        self._db = db
        self._kinds = kinds

    async def is_unwanted(self, claim: Claim) -> bool:
        """Of a job that was taken from us: whether nobody wants what our vendor makes of it any more."""
        async with self._db.reading() as session:
            now = await session.get_one(Job, claim.job.id)
        over = now.state in (states.FAILED, states.CANCELLED) and now.late_until is None
        return over or now.submission_token != claim.job.submission_token

    async def advance(self, claim: Claim, **values: Any) -> bool:
        """Write `values`, renew the lease, and return whether the user wants it cancelled. Raises LeaseLost."""
        async with self._db.transaction() as session:
            await _write(session, claim.job.id, claim.fence, lease_until=now_plus(states.LEASE_SECONDS), **values)
            return await _cancel_wanted(session, claim.job.id)

    async def back_to_queue(self, claim: Claim, *, delay_s: float, **values: Any) -> None:
        """Let go of the job so that it is taken again, `delay_s` seconds from now."""
        await self._park(claim, state=states.QUEUED, due_at=now_plus(delay_s), **values)

    async def let_go(self, claim: Claim) -> None:
        """This worker is stopping: let the lease end now, so that the next one adopts the job as it stands."""
        async with self._db.transaction() as session:
            await _write(session, claim.job.id, claim.fence, lease_until=now_plus(-1.0))

    async def park(self, claim: Claim, *, wait_s: float, **values: Any) -> None:
        """The work is at a vendor: from now on it is watched, and no worker waits for it."""
        await self._park(claim, state=states.RUNNING, next_poll_at=now_plus(wait_s), **values)

    async def to_unknown(self, claim: Claim) -> None:
        """Nobody can say whether the vendor has it: never submitted again, failed at its deadline."""
        await self._park(claim, state=states.UNKNOWN)

    async def _park(self, claim: Claim, **values: Any) -> None:
        async with self._db.transaction() as session:
            # What is not at a vendor is not watched: else a worker that claims it and dies would never be succeeded.
            free = {"lease_owner": None, "lease_until": None, "next_poll_at": None}
            await _write(session, claim.job.id, claim.fence, **(free | values))
            # Nobody has the job now who would see a wish to cancel it that was made before: but who watches it does.
            if "next_poll_at" not in values and await _cancel_wanted(session, claim.job.id):
                await self.give_back(session, claim.job, claim.fence, states.CANCELLED)

    async def succeed(self, claim: Claim, accepted: Any) -> None:
        job = claim.job
        async with self._db.transaction() as session:
            await _end(session, job.id, claim.fence, states.SUCCEEDED, progress=1.0)
            if job.hold_id is not None:
                await ledger.capture(session, job.hold_id, job.charge)
            await self._kinds[job.kind].keep(session, job, accepted)

    async def fail(self, job: Job, fence: int, reason: FailureReason, **values: Any) -> None:
        await self._give_back(job, fence, states.FAILED, failure_reason=reason, **values)

    async def cancel(self, job: Job, fence: int) -> None:
        await self._give_back(job, fence, states.CANCELLED)

    async def _give_back(self, job: Job, fence: int, state: str, **values: Any) -> None:
        async with self._db.transaction() as session:
            await self.give_back(session, job, fence, state, **values)

    async def give_back(self, session: AsyncSession, job: Job, fence: int, state: str, **values: Any) -> None:
        """End a job without a result, as part of a use case. Raises LeaseLost."""
        await _end(session, job.id, fence, state, **values)
        if job.hold_id is not None:
            await ledger.release(session, job.hold_id)
        await self._kinds[job.kind].settled(session, job, state)


async def _cancel_wanted(session: AsyncSession, job_id: int) -> bool:
    return cast("bool", (await session.execute(_CANCELLING, {"job": job_id})).scalar_one())


async def _end(session: AsyncSession, job_id: int, fence: int, state: str, **values: Any) -> None:
    # The fence moves on, so a worker that still has the job in its hands finds out at its next write.
    done = {"finished_at": db_now(), "lease_owner": None, "lease_until": None, "fence": fence + 1, "next_poll_at": None}
    await _write(session, job_id, fence, state=state, **(done | values))


async def _write(session: AsyncSession, job_id: int, claimed: int, /, **values: Any) -> None:
    statement = update(_jobs).where(_OURS).values(**values)
    if not changed_one(await session.execute(statement, {"job": job_id, "claimed": claimed})):
        raise LeaseLost(f"job {job_id} is past fence {claimed}")
