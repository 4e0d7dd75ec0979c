"""Cancelling: at once what waits; what runs is asked to stop, and whoever has it gives the credits back."""

from __future__ import annotations

from sqlalchemy import select, update

from services.errors import AlreadyDone, NotYours
from services.jobs import states
from services.jobs.outcome import LeaseLost, Outcomes
from storage.database import Database
from storage.tables import Job


class Cancel:
    def __init__(self, db: Database, outcomes: Outcomes) -> None:
        self._db = db
        self._outcomes = outcomes

    async def draft(self, user_id: int, draft_id: int) -> None:
        """Cancel what is being made of a draft. Raises AlreadyDone when nothing is."""
        await self._cancel(user_id, (Job.draft_id == draft_id) & Job.state.in_(states.LIVE))

    async def drafts(self, user_id: int, draft_ids: list[int]) -> None:
        """The same for several drafts at once."""
        await self._cancel(user_id, Job.draft_id.in_(draft_ids) & Job.state.in_(states.LIVE))

    async def _cancel(self, user_id: int, which: object) -> None:
        async with self._db.transaction() as session:
            found = (await session.execute(select(Job).where(which).order_by(Job.id))).scalars().all()  # type: ignore[arg-type]
            if any(job.user_id != user_id for job in found):
                raise NotYours
            if not found:
                raise AlreadyDone
            for job in found:
                if job.state in (states.QUEUED, states.UNKNOWN):
                    try:
                        await self._outcomes.give_back(session, job, job.fence, states.CANCELLED)
                        continue
                    except LeaseLost:
                        pass  # a worker took it in this very moment: ask it instead
                await session.execute(update(Job).where(Job.id == job.id).values(cancelling=True))
