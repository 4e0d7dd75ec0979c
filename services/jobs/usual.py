"""How long work of a sort usually takes, as cards tell it: remembered for a moment, for many cards ask the same."""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.queue import seconds_taken
from services.jobs.rhythm import Sort

KEPT_SECONDS: Final = 10.0
"""How old what is told may be."""


class UsualTimes:
    def __init__(self) -> None:
        self._known: dict[Sort, tuple[float, float | None]] = {}

    async def seconds(self, session: AsyncSession, sort: Sort) -> float | None:
        """The median time the last jobs of this sort took, or None while there are too few to be honest about it."""
        learned, seconds = self._known.get(sort, (-KEPT_SECONDS, None))
        if time.monotonic() - learned >= KEPT_SECONDS:
            took = await seconds_taken(session, *sort)
            seconds = took[len(took) // 2] if took else None
            self._known[sort] = time.monotonic(), seconds
        return seconds
