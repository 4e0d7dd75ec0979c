"""Cancelling: at once what waits; what runs is asked to stop, and whoever has it gives the credits back."""

from __future__ import annotations

from sqlalchemy import case, select, update

from services.errors import AlreadyDone
from services.inquiries.asking import redraw, withdraw
from services.jobs import states
from services.jobs.outcome import Outcomes
from services.owned import owned_draft
from storage.clock import db_now
from storage.database import Database
from storage.tables import Job


class Cancel:
    def __init__(self, db: Database, outcomes: Outcomes) -> None:
        self._db = db
        self._outcomes = outcomes

    async def draft(self, user_id: int, draft_id: int) -> None:
        """Cancel what is being made of a draft. Raises NotYours, and AlreadyDone when nothing is."""
        await self.drafts(user_id, [draft_id])

    async def drafts(self, user_id: int, draft_ids: list[int]) -> None:
        """The same for several drafts at once."""
        async with self._db.transaction() as session:
            for draft_id in draft_ids:
                await owned_draft(session, user_id, draft_id)
            unwanted = await withdraw(session, draft_ids)
            # All rows are locked before the first credit moves, as each job that ends locks its own row first:
            # with the pockets locked and a row to wait for, each would wait for the other.
            live = Job.draft_id.in_(draft_ids) & Job.state.in_(states.LIVE)
            jobs = (await session.scalars(select(Job).where(live).order_by(Job.id).with_for_update())).all()
            if not jobs and not unwanted:
                raise AlreadyDone
            for draft_id in unwanted:
                await redraw(session, user_id, draft_id)
            for job in jobs:
                if job.state in (states.QUEUED, states.UNKNOWN):
                    await self._outcomes.give_back(session, job, job.fence, states.CANCELLED)
                else:
                    # Whoever has it sees the wish at its next write; of what is at a vendor the watcher is told now.
                    now = case((Job.next_poll_at.is_not(None), db_now()), else_=None)
                    wish = update(Job).where(Job.id == job.id).values(cancelling=True, next_poll_at=now)
                    await session.execute(wish)
