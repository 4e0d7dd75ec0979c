"""How many films somebody may have made. Asked in the transaction that orders one, under their lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import EnoughFilms
from services.jobs import states
from services.live.values import Values
from storage.clock import now_plus
from storage.tables import Film, Job

DAY_SECONDS: Final = 86_400.0


class Quota(Protocol):
    async def check(self, session: AsyncSession, user_id: int) -> None:
        """Raises EnoughFilms when one more would be too many."""
        ...


class DailyQuota:
    """So many within any 24 hours, the same for everybody. What failed is not counted."""

    def __init__(self, values: Callable[[], Values]) -> None:
        """`values`: those in force now; 0 films a day: no limit."""
        self._values = values

    async def check(self, session: AsyncSession, user_id: int) -> None:
        limit = self._values().films_a_day
        if not limit:
            return
        ordered = (Film.user_id == user_id) & (Film.created_at > now_plus(-DAY_SECONDS)) & (Job.state != states.FAILED)
        count = select(func.count()).select_from(Film).join(Job, Job.id == Film.job_id).where(ordered)
        if (await session.execute(count)).scalar_one() >= limit:
            raise EnoughFilms(limit=limit)
