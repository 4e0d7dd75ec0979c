"""How often to ask about a piece of work: seldom while it can hardly be done, often when it should be."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from services.jobs import states
from services.jobs.queue import seconds_taken
from storage.database import Database
from storage.tables import Job

LEARN_SECONDS: Final = 60.0
"""How old what was learned may be."""
SOONEST: Final = 0.1
"""The share of all work that is done sooner than what is called soon."""
EARLY: Final = 0.9
"""Of what is soon: before that, hardly any work is done."""
LATE: Final = 1.5
"""Of the usual time: what takes longer than this may take much longer."""
LONGEST_WAIT_SECONDS: Final = 15.0
CALL_LOST_SECONDS: Final = 15.0
"""How long a call that got lost keeps a clip waiting that is done."""
EARLY_A_SECOND: Final = 200
"""Questions about work that can hardly be done. Where thousands of pieces are under way, each is asked about less."""

Sort = tuple[str, str, str | None, int | None]
"""Kind of job, provider, model, length in seconds: work of one sort takes about the same time."""


@dataclass(frozen=True, slots=True)
class Usual:
    """How long work of a sort takes, in seconds."""

    soon: float
    median: float


def sort_of(row: Any) -> Sort:
    """Of a job, or of a row with its kind, provider and params."""
    return row.kind, row.provider, row.params.get("model"), row.params.get("duration_s")


class Rhythm:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._usual: dict[Sort, Usual | None] = {}
        self._watched = 0
        self._learned = -LEARN_SECONDS

    async def learn(self, sorts: set[Sort]) -> None:
        """Find out how long work of these sorts usually takes, where that is not known, and how much there is."""
        if time.monotonic() - self._learned >= LEARN_SECONDS:
            self._usual.clear()
            self._learned = time.monotonic()
            self._watched = await self._count()
        for sort in sorts - self._usual.keys():
            async with self._db.reading() as session:
                self._usual[sort] = _usual(await seconds_taken(session, *sort))

    def wait(self, sort: Sort, ran: float, least: float, *, calls_back: bool = False) -> float:
        """Seconds until the next question about work that `ran` so long; `least` is the vendor's own limit."""
        if calls_back:
            least = max(least, CALL_LOST_SECONDS)
        usual = self._usual.get(sort)
        longest = LONGEST_WAIT_SECONDS
        if usual is None:
            wait = least * (1 + ran / 60)
        elif ran < usual.soon * EARLY:
            wait = usual.soon * EARLY - ran
            longest = max(longest, self._watched / EARLY_A_SECOND)
        else:
            wait = least if ran < usual.median * LATE else least * 2
        # Not all at the same moment, though they were submitted together.
        return max(least, min(wait, longest)) * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load

    async def _count(self) -> int:
        watched = select(func.count()).where(Job.state == states.RUNNING, Job.next_poll_at.is_not(None))
        async with self._db.reading() as session:
            return (await session.execute(watched)).scalar_one()


def _usual(took: list[float]) -> Usual | None:
    return Usual(took[int(len(took) * SOONEST)], took[len(took) // 2]) if took else None
