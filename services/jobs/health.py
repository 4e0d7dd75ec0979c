"""How the vendors are doing: one that fails again and again is left alone for a while, each time for longer.

What is known stands in the database, so that all worker processes act on it. When a rest is over, one piece of work
at a time tries the vendor; the first that succeeds opens it again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog
from prometheus_client import Gauge
from sqlalchemy import case, select, update

from providers.base import FailureReason
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Vendor

log = structlog.get_logger(__name__)
FAILURES: Final = 5
"""In a row, until a vendor is left alone."""
REST_SECONDS: Final = 30.0
LONGEST_REST_SECONDS: Final = 600.0
TRY_SECONDS: Final = 15.0
"""After a rest, how long one piece of work has to show whether the vendor works again."""
GLANCE_SECONDS: Final = 1.0
"""How old what a process remembers may be."""

RESTING = Gauge("echoes_provider_resting", "1 while a vendor is left alone", ["provider"])


@dataclass(frozen=True, slots=True)
class Condition:
    """How a vendor is doing."""

    name: str
    failures: int
    rests: int
    rests_until: datetime | None
    last_problem: str | None

    @property
    def doubtful(self) -> bool:
        return self.failures > 0 or self.rests > 0


class Health:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[str, Condition] = {}
        self._looked = -GLANCE_SECONDS

    async def may_try(self, name: str) -> bool:
        """Whether work may be given to a vendor now. True for one that rested: whoever asked is the one that tries."""
        condition = (await self._conditions()).get(name)
        if condition is None or condition.rests == 0:
            return True
        if condition.rests_until is not None and condition.rests_until > datetime.now(UTC):
            return False
        async with self._db.transaction() as session:
            over = (Vendor.name == name) & (Vendor.rests > 0) & (Vendor.rests_until <= db_now())
            tried = await session.execute(update(Vendor).where(over).values(rests_until=now_plus(TRY_SECONDS)))
        self._forget()
        return changed_one(tried)

    async def failed(self, name: str, reason: FailureReason, *, for_sure: bool = False) -> bool:
        """A vendor failed once more; `for_sure`: it will go on failing. Returns whether it is now left alone."""
        async with self._db.transaction() as session:
            await insert_once(session, Vendor, name=name)
            enough = (Vendor.failures + 1 >= (1 if for_sure else FAILURES)) | (Vendor.rests > 0)
            pause = case(
                {0: now_plus(REST_SECONDS), 1: now_plus(REST_SECONDS * 2), 2: now_plus(REST_SECONDS * 4)},
                value=Vendor.rests,
                else_=now_plus(LONGEST_REST_SECONDS),
            )
            rests = await session.execute(
                update(Vendor)
                .where(Vendor.name == name)
                .values(
                    failures=Vendor.failures + 1,
                    rests=case((enough, Vendor.rests + 1), else_=Vendor.rests),
                    rests_until=case((enough, pause), else_=Vendor.rests_until),
                    last_problem=reason,
                    failed_at=db_now(),
                )
                .returning(Vendor.rests)
                .execution_options(synchronize_session=False)
            )
            resting = rests.scalar_one() > 0
        self._forget()
        if resting:
            RESTING.labels(name).set(1)
            log.error("vendor is left alone for a while", provider=name, reason=reason)
        return resting

    async def worked(self, name: str) -> None:
        """A vendor did what it was asked: whatever was held against it is forgotten."""
        condition = (await self._conditions()).get(name)
        if condition is None or not condition.doubtful:
            return
        async with self._db.transaction() as session:
            values = {"failures": 0, "rests": 0, "rests_until": None, "worked_at": db_now()}
            await session.execute(update(Vendor).where(Vendor.name == name).values(**values))
        self._forget()
        RESTING.labels(name).set(0)
        log.info("vendor works again", provider=name)

    async def conditions(self) -> list[Condition]:
        """Of every vendor that ever failed, for those who run the service."""
        return list((await self._conditions()).values())

    async def _conditions(self) -> dict[str, Condition]:
        if time.monotonic() - self._looked >= GLANCE_SECONDS:
            self._looked = time.monotonic()
            async with self._db.reading() as session:
                rows = (await session.execute(select(Vendor))).scalars()
                self._known = {
                    row.name: Condition(row.name, row.failures, row.rests, row.rests_until, row.last_problem)
                    for row in rows
                }
        return self._known

    def _forget(self) -> None:
        self._looked = -GLANCE_SECONDS
