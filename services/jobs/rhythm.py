"""How often to ask about a piece of work: seldom while it can hardly be done, often when it should be."""

from __future__ import annotations

import random
import time
from typing import Any, Final

from services.jobs.queue import usual_seconds
from storage.database import Database

LEARN_SECONDS: Final = 60.0
"""How old what was learned may be."""
EARLY: Final = 0.7
"""Of the usual time: before that, hardly any work is done."""
LATE: Final = 1.5
"""Of the usual time: what takes longer than this may take much longer."""
LONGEST_WAIT_SECONDS: Final = 15.0

Sort = tuple[str, str, str | None, int | None]
"""Kind of job, provider, model, length in seconds: work of one sort takes about the same time."""


def sort_of(row: Any) -> Sort:
    """Of a job, or of a row with its kind, provider and params."""
    return row.kind, row.provider, row.params.get("model"), row.params.get("duration_s")


class Rhythm:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._usual: dict[Sort, float | None] = {}
        self._learned = -LEARN_SECONDS

    async def learn(self, sorts: set[Sort]) -> None:
        """Find out how long work of these sorts usually takes, where that is not known."""
        if time.monotonic() - self._learned >= LEARN_SECONDS:
            self._usual.clear()
            self._learned = time.monotonic()
        for sort in sorts - self._usual.keys():
            async with self._db.reading() as session:
                self._usual[sort] = await usual_seconds(session, *sort)

    def wait(self, sort: Sort, ran: float, least: float) -> float:
        """Seconds until the next question about work that `ran` so long; `least` is the vendor's own limit."""
        usual = self._usual.get(sort)
        if usual is None:
            wait = least * (1 + ran / 60)
        elif ran < usual * EARLY:
            wait = usual * EARLY - ran
        else:
            wait = least if ran < usual * LATE else least * 2
        # Not all at the same moment, though they were submitted together.
        return max(least, min(wait, LONGEST_WAIT_SECONDS)) * random.uniform(0.9, 1.1)  # noqa: S311 - spreads load
