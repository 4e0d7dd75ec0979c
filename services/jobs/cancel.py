"""Cancelling: at once what waits; what runs is asked to stop, and whoever has it gives the credits back."""

from __future__ import annotations

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import AlreadyDone, NotYours
from services.inquiries.asking import redraw, wanted, withdraw
from services.jobs import states
from services.jobs.outcome import Outcomes
from services.owned import lock_user, owned_draft
from storage.clock import db_now
from storage.database import Database
from storage.tables import Draft, Film, Job


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
                await self._stop(session, job)

    async def film(self, user_id: int, film_id: int) -> None:
        """Stop the making of a film. Raises NotYours, and AlreadyDone when it is not being made."""
        async with self._db.transaction() as session:
            film = await session.get(Film, film_id)
            if film is None or film.user_id != user_id:
                raise NotYours
            live = (Job.id == film.job_id) & Job.state.in_(states.LIVE)
            job = await session.scalar(select(Job).where(live).with_for_update())
            if job is None:
                raise AlreadyDone
            await self._stop(session, job)

    async def everything(self, session: AsyncSession, user_id: int) -> int:
        """Part of a use case: stop all that is being made for somebody, or will be. Returns how many jobs that was.

        Takes the locks in the order of those who end jobs, answer inquiries and order clips: theirs of jobs, drafts and
        inquiries, then their own and that of their pockets.
        """
        live = (Job.user_id == user_id) & Job.state.in_(states.LIVE)
        jobs = (await session.scalars(select(Job).where(live).order_by(Job.id).with_for_update())).all()
        drafts = select(Draft.id).where(Draft.user_id == user_id).order_by(Draft.id)
        await session.execute(drafts.with_for_update(key_share=True))
        for draft_id in await withdraw(session, await wanted(session, user_id)):
            await redraw(session, user_id, draft_id)
        await lock_user(session, user_id)
        for job in jobs:
            await self._stop(session, job)
        return len(jobs)

    async def _stop(self, session: AsyncSession, job: Job) -> None:
        if job.state in (states.QUEUED, states.UNKNOWN):
            await self._outcomes.give_back(session, job, job.fence, states.CANCELLED)
            return
        # Whoever has it sees the wish at its next write; of what is at a vendor the watcher is told now.
        now = case((Job.next_poll_at.is_not(None), db_now()), else_=None)
        await session.execute(update(Job).where(Job.id == job.id).values(cancelling=True, next_poll_at=now))
