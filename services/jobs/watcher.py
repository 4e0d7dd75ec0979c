"""Watching work at remote vendors, any number of pieces at once: no worker waits for one.

When each is asked about next stands in its row. A round takes what is due, asks the vendors concurrently and writes
the answers back in one transaction. Whatever ends then goes the way every job goes: a worker claims it and collects
the clip, or the verdict is spoken. A vendor's webhook is only a hint to ask now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from prometheus_client import Gauge, Histogram
from sqlalchemy import ColumnElement, Float, Row, Select, Table, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import FailureReason, Phase, ProviderError, Status
from services.catalogue import Catalogue
from services.jobs import states
from services.jobs.outcome import LeaseLost, Outcomes
from services.jobs.queue import Claim, Wake
from services.jobs.rhythm import Rhythm, sort_of
from services.jobs.stopping import stop_at
from services.jobs.verdicts import Verdicts
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Job

log = structlog.get_logger(__name__)
BATCH: Final = 250
"""Asked about before anything is written: a clip that is done waits for the others of its batch to be asked about."""
ASKED_AT_ONCE: Final = 100
IN_DOUBT_SECONDS: Final = 15.0
"""How long to leave a vendor that could not be asked. That it cannot be asked is no verdict: the deadline is."""

WATCHED = Gauge("echoes_jobs_watched", "Pieces of work at remote vendors")
LAG = Histogram("echoes_watch_lag_seconds", "How late a piece of work was asked about")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor said about one piece of work; no status: it could not be asked."""

    row: Row[Any]
    status: Status | None


class Watcher:
    def __init__(self, db: Database, outcomes: Outcomes, catalogue: Catalogue, verdicts: Verdicts, wake: Wake) -> None:
        self._db = db
        self._outcomes = outcomes
        self._catalogue = catalogue
        self._verdicts = verdicts
        self._wake = wake
        self._rhythm = Rhythm(db)
        self._places = asyncio.Semaphore(ASKED_AT_ONCE)

    async def round(self) -> int:
        """Ask about everything that is due. Returns how much that was."""
        count = 0
        while rows := await self._due(_DUE):
            count += len(rows)
            for job_id in await self._ask(rows):
                await self._wake(job_id)
            if len(rows) < BATCH:
                break
        return count

    async def look(self, job_id: int) -> None:
        """Ask about one job now, if it is due: somebody hinted that there is news of it."""
        rows = await self._due(_THIS_IF_DUE, job=job_id)
        if rows and await self._take(job_id):
            await self._ask(rows)  # nobody is woken: whoever looks goes on to collect what is done

    async def count(self) -> int:
        """How much is being watched; also for the metrics."""
        async with self._db.reading() as session:
            watched = (await session.execute(select(func.count()).where(Job.next_poll_at.is_not(None)))).scalar_one()
        WATCHED.set(watched)
        return watched

    async def _due(self, query: Select[Any], **which: int) -> Sequence[Row[Any]]:
        async with self._db.reading() as session:
            rows: Sequence[Row[Any]] = (await session.execute(query, which)).all()
            return rows

    async def _take(self, job_id: int) -> bool:
        """Whether it is ours to ask about it: a round, or another hint, may come in the same moment."""
        due = (Job.id == job_id) & (Job.next_poll_at <= db_now())
        soon = {"next_poll_at": now_plus(IN_DOUBT_SECONDS), "asked_at": db_now()}
        async with self._db.transaction() as session:
            return changed_one(await session.execute(update(Job).where(due, *parked()).values(**soon)))

    async def _ask(self, rows: Sequence[Row[Any]]) -> list[int]:
        """Returns the jobs whose clips can be collected."""
        answers = await asyncio.gather(*(self._answer(row) for row in rows))
        await self._rhythm.learn({sort_of(row) for row in rows})
        finished = [one for one in answers if one.status and one.status.phase == Phase.DONE and not one.row.cancelling]
        ended = [one for one in answers if _ended(one) and one not in finished]
        async with self._db.transaction() as session:
            await self._put_off(session, [one for one in answers if one not in finished and one not in ended])
            await _hand_over(session, finished)
        for one in ended:
            await self._end(one)
        return [one.row.id for one in finished]

    async def _answer(self, row: Row[Any]) -> Answer:
        LAG.observe(max(0.0, (row.now - row.next_poll_at).total_seconds()))
        provider = self._catalogue.providers.get(row.provider)
        if provider is None:
            return Answer(row, Status(Phase.GONE))
        try:
            async with self._places:
                return Answer(row, await provider.status(row.external_id))
        except ProviderError as error:
            log.warning("vendor cannot be asked", job_id=row.id, error=str(error))
            return Answer(row, None)

    async def _put_off(self, session: AsyncSession, waiting: list[Answer]) -> None:
        """What goes on is asked about again later. One statement for all of them."""
        if not waiting:
            return
        values = [
            {"job": one.row.id, "claimed": one.row.fence, "wait": self._wait(one), "done": _progress(one)}
            for one in waiting
        ]
        await session.execute(_LATER, values)

    def _wait(self, one: Answer) -> float:
        row = one.row
        provider = self._catalogue.providers.get(row.provider)
        if one.status is None or provider is None:
            return IN_DOUBT_SECONDS
        ran = (row.now - row.started_at).total_seconds() if row.started_at else 0.0
        return self._rhythm.wait(sort_of(row), ran, provider.poll_seconds, calls_back=provider.calls_back)

    async def _end(self, one: Answer) -> None:
        """The vendor's verdict, or ours where its owner wants it stopped."""
        async with self._db.reading() as session:
            job = await session.get_one(Job, one.row.id)
        if job.fence != one.row.fence:
            return  # it has ended, or is another vendor's by now: what this one said is about neither
        claim = Claim(job, one.row.fence, adopted=True)
        with structlog.contextvars.bound_contextvars(cid=job.correlation_id, job_id=job.id):
            try:
                if job.cancelling:
                    await self._cancel(claim)
                else:
                    await self._verdicts.failed(claim, _error(one))
            except LeaseLost:
                log.info("it ended in this moment")

    async def _cancel(self, claim: Claim) -> None:
        await stop_at(self._catalogue.providers.get(claim.job.provider), claim.job.external_id)
        await self._outcomes.cancel(claim.job, claim.fence)
        log.info("job cancelled")


def parked() -> tuple[ColumnElement[bool], ...]:
    """At a vendor, and in nobody's hands."""
    return Job.state == states.RUNNING, Job.next_poll_at.is_not(None)


# Jobs at vendors whose time to be asked about has come, the longest waiting first. Over the table: many are read.
_jobs = cast("Table", Job.__table__)
_asked = ("id", "fence", "kind", "provider", "params", "external_id", "cancelling", "progress")
_DUE = (
    select(*(_jobs.c[name] for name in (*_asked, "next_poll_at", "started_at")), db_now().label("now"))
    .where(_jobs.c.next_poll_at <= db_now(), *parked())
    .order_by(_jobs.c.next_poll_at)
    .limit(BATCH)
)
_THIS_IF_DUE = _DUE.where(_jobs.c.id == bindparam("job"))
_HAND_OVER = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job"), _jobs.c.fence == bindparam("claimed"), *parked())
    .values(state=states.STORING, next_poll_at=None, cost=func.coalesce(bindparam("paid", type_=Float), _jobs.c.cost))
)
_LATER = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job"), _jobs.c.fence == bindparam("claimed"), *parked())
    .values(next_poll_at=now_plus(bindparam("wait", type_=Float)), asked_at=db_now(), progress=bindparam("done"))
)


async def _hand_over(session: AsyncSession, finished: list[Answer]) -> None:
    """A finished clip waits to be collected: the job is claimed like one whose worker went silent."""
    values = [
        {"job": one.row.id, "claimed": one.row.fence, "paid": one.status.cost if one.status else None}
        for one in finished
    ]
    if values:
        await session.execute(_HAND_OVER, values)


def _ended(one: Answer) -> bool:
    over = one.status is not None and one.status.phase in (Phase.FAILED, Phase.CANCELLED, Phase.GONE)
    return over or bool(one.row.cancelling)


def _error(one: Answer) -> ProviderError:
    """Why the vendor will not finish it."""
    if one.status is not None and one.status.error is not None:
        return one.status.error
    words, reason = "the vendor no longer has the work", FailureReason.UNAVAILABLE
    return ProviderError(words, provider=one.row.provider, reason=reason, retryable=True)


def _progress(one: Answer) -> float:
    """It never goes back: some vendors' figures do."""
    said = one.status.progress if one.status else None
    return max(float(one.row.progress), min(max(said or 0.0, 0.0), 0.99))
