"""The queue of record: making jobs, claiming them fairly, and where each stands."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import structlog
from sqlalchemy import Select, Table, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services import ledger
from services.errors import TooManyOpenJobs
from services.jobs import states
from services.live.live import Live
from services.live.values import Values
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Job

ENOUGH: Final = 3
"""Jobs from which to say how long such a job takes."""


class Wake(Protocol):
    """Tells a worker that there is work. It may fail or get lost: the sweep tells again."""

    async def __call__(self, job_id: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Order:
    """A job to be made."""

    kind: str
    user_id: int
    draft_id: int | None
    request_key: str
    params: dict[str, Any]
    price: int
    provider: str
    retry_of: int | None = None
    """The failed job it makes good."""


async def create(session: AsyncSession, order: Order, *, deadline_s: float = states.DEADLINE_SECONDS) -> Job:
    """Set the price aside and queue the job, in the caller's transaction. Wake a worker after the commit.

    `deadline_s` seconds from now it is over, whatever happened. Raises NotEnoughCredits, TooManyOpenJobs, and
    IntegrityError for a request key used before (callers decide that earlier, by a conditional update of what the
    request is about).
    """
    mine = select(func.count()).where(Job.user_id == order.user_id, Job.state.in_(states.LIVE))
    if (await session.execute(mine)).scalar_one() >= states.MAX_LIVE_PER_USER:
        raise TooManyOpenJobs(limit=states.MAX_LIVE_PER_USER)
    job = Job(
        kind=order.kind,
        user_id=order.user_id,
        draft_id=order.draft_id,
        retry_of=order.retry_of,
        request_key=order.request_key,
        params=order.params,
        price=order.price,
        provider=order.provider,
        hold_id=await ledger.hold(session, order.user_id, order.price) if order.price else None,
        due_at=db_now(),
        deadline_at=now_plus(deadline_s),
        correlation_id=structlog.contextvars.get_contextvars().get("cid"),
    )
    session.add(job)
    await session.flush()
    return job


def _fair_order(session_filter: Any) -> Select[Any]:
    """Jobs in the order they are to be taken: by priority, then round-robin between users, then by age.

    A user's n-th waiting job stands behind the first n-1 of everybody else, counting those of theirs that run.
    """
    turn = _turn()
    return (
        select(Job.id, Job.fence, Job.state, turn.label("turn"))
        .where(session_filter)
        .order_by(Job.priority.desc(), turn, Job.id)
    )


def _turn() -> Any:
    other = aliased(Job)
    # Counted for those who wait, not for everybody: thousands of jobs may be at vendors while three people wait.
    running = select(func.count()).where(other.user_id == Job.user_id, other.state.in_(states.LEASED))
    among_own = func.row_number().over(partition_by=Job.user_id, order_by=(Job.priority.desc(), Job.id))
    return among_own + running.correlate(Job).scalar_subquery()


def _abandoned() -> Any:
    nobody = or_(Job.lease_until.is_(None), Job.lease_until < db_now())
    return Job.state.in_(states.LEASED) & nobody & Job.next_poll_at.is_(None)


def _waiting() -> Any:
    return (Job.state == states.QUEUED) & (Job.due_at <= db_now())


# Built once: a worker asks several times for each job, and building them took longer than answering.
_jobs = cast("Table", Job.__table__)
_fitting = Job.provider.not_in(bindparam("without", expanding=True))
_may_begin = Job.provider.not_in(bindparam("paused", expanding=True))
_begun = Job.external_id.is_not(None) | Job.cancelling
"""What a pause does not hold up: a vendor has it, or there is nothing to do but to end it."""
_TAKEN_UP = _abandoned() & (_begun | _may_begin)
_TAKEN_NEW = _waiting() & _may_begin
_NEXT_BEGUN = _fair_order(_abandoned() & _begun & _fitting).limit(1)
_NEXT_ABANDONED = _fair_order(_TAKEN_UP & _fitting).limit(1)
_NEXT_WAITING = _fair_order(_TAKEN_NEW & _fitting).limit(1)
_ALL_BEGUN = select(Job.id).where(_abandoned() & _begun).order_by(Job.id)
_ALL = select(Job.id).where(or_(_TAKEN_UP, _TAKEN_NEW)).order_by(Job.id)
_CLAIM = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job"), _jobs.c.fence == bindparam("seen"), _jobs.c.state == bindparam("was"))
    .values(
        state=case({states.QUEUED: states.SUBMITTING}, value=_jobs.c.state, else_=_jobs.c.state),
        submission_token=func.coalesce(_jobs.c.submission_token, bindparam("token")),
        fence=_jobs.c.fence + 1,
        lease_owner=bindparam("owner"),
        lease_until=now_plus(states.LEASE_SECONDS),
        started_at=func.coalesce(_jobs.c.started_at, db_now()),
    )
)
_CLAIMED = select(Job).where(Job.id == bindparam("job"))


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in our hands. Writes carry the fence, and are refused once somebody else has claimed it."""

    job: Job
    fence: int
    adopted: bool
    """True when an earlier worker had it and went silent."""


class JobQueue:
    def __init__(self, db: Database, live: Live) -> None:
        self._db = db
        self._live = live

    async def claim_next(self, owner: str, *, without: Collection[str] = ()) -> Claim | None:
        """Take the job whose turn it is under a lease, abandoned ones first. None: nothing to do.

        `without`: vendors whose jobs are left for others. Of what is paused only what was begun is taken.
        """
        values = await self._live.refresh()
        claimed = await self._next(owner, without, values)
        if claimed is None and (values.paused or values.paused_makers):
            # It may go on since a moment ago, and whoever said so has woken us.
            fresh = await self._live.refresh(at_once=True)
            return await self._next(owner, without, fresh) if fresh != values else None
        return claimed

    async def _next(self, owner: str, without: Collection[str], values: Values) -> Claim | None:
        which = {"without": list(without), "paused": values.paused_makers}
        in_turn = [_NEXT_BEGUN] if values.paused else [_NEXT_ABANDONED, _NEXT_WAITING]
        while True:
            async with self._db.transaction() as session:
                found = None
                for query in in_turn:
                    found = found or (await session.execute(query, which)).first()
                if found is None:
                    return None
                claimed = await self._claim(session, found, owner)
                if claimed is not None:
                    return claimed

    async def _claim(self, session: AsyncSession, found: Any, owner: str) -> Claim | None:
        token = secrets.token_hex(16)
        seen = {"job": found.id, "seen": found.fence, "was": found.state, "owner": owner, "token": token}
        if not changed_one(await session.execute(_CLAIM, seen)):
            return None  # another worker was quicker
        job = (await session.execute(_CLAIMED, {"job": found.id})).scalar_one()
        return Claim(job, job.fence, adopted=found.state != states.QUEUED)

    async def claimable(self) -> list[int]:
        """Ids of the jobs a worker should be working on and is not: none of those that a pause holds up."""
        values = await self._live.refresh()
        async with self._db.reading() as session:
            rows = await session.execute(_ALL_BEGUN if values.paused else _ALL, {"paused": values.paused_makers})
            return list(rows.scalars())


def is_held_up(job: Job, values: Values) -> bool:
    """Whether it waits because nothing new is begun, at its vendor or at all."""
    return job.state == states.QUEUED and (values.paused or job.provider in values.paused_makers)


async def places(session: AsyncSession, of: Collection[int]) -> dict[int, int]:
    """For each of these jobs that waits, how many are to be taken before it. The database counts: many may wait."""
    waiting = select(Job.id, Job.priority, _turn().label("turn")).where(Job.state == states.QUEUED).subquery()
    in_order = (waiting.c.priority.desc(), waiting.c.turn, waiting.c.id)
    line = select(waiting.c.id, func.row_number().over(order_by=in_order).label("place")).subquery()
    rows = await session.execute(select(line.c.id, line.c.place).where(line.c.id.in_(of)))
    return {job_id: place - 1 for job_id, place in rows}


async def seconds_taken(
    session: AsyncSession, kind: str, provider: str, model: str | None, duration_s: int | None
) -> list[float]:
    """How long each of the last jobs of this sort took, the shortest first; none where there are too few."""
    recent = await session.execute(
        select(Job.started_at, Job.finished_at, Job.params)
        .where(Job.kind == kind, Job.provider == provider, Job.state == states.SUCCEEDED)
        .order_by(Job.id.desc())
        .limit(60)
    )
    took = sorted(
        (done - begun).total_seconds()
        for begun, done, params in recent
        if begun and done and (params.get("model"), params.get("duration_s")) == (model, duration_s)
    )
    return took if len(took) >= ENOUGH else []
