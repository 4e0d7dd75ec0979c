"""What is kept of somebody: a copy of it, and its end."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.banning import without_role
from services.copying import copy_of
from services.errors import HasRole, NotYours
from services.jobs.cancel import Cancel
from services.leavers import Leavers
from services.leaving import forget
from services.staff.audit import Action, record
from services.staff.members import Staff
from services.staff.rights import Actor
from storage.database import Database
from storage.tables import Job, User


class PersonalData:
    def __init__(self, db: Database, cancel: Cancel, staff: Staff, leavers: Leavers) -> None:
        self._db = db
        self._cancel = cancel
        self._staff = staff
        self._leavers = leavers

    async def copy(self, user_id: int) -> bytes:
        """All that is kept of them, as JSON for people: no secrets, and nothing of others. Raises NotYours."""
        async with self._db.reading() as session:
            return await copy_of(session, user_id)

    async def hand_over(self, actor: Actor, user_id: int) -> bytes:
        """The same for staff, and logged. Raises NotYours."""
        copied = await self.copy(user_id)
        async with self._db.transaction() as session:
            await record(session, actor, Action.DATA_EXPORTED, f"user:{user_id}", after={"bytes": len(copied)})
        return copied

    async def delete(self, user_id: int) -> None:
        """Their own wish. What they made and wrote goes, and the books no longer say whose they are. Their credits wait
        for them, should they come back.

        Raises NotYours, Erased, HasRole.
        """
        await self._not_staff(user_id)
        async with self._db.transaction() as session:
            await self._forget(session, user_id)

    async def delete_for(self, actor: Actor, user_id: int) -> None:
        """The same by staff, and logged. Raises NotYours, Erased, HasRole."""
        await self._not_staff(user_id)
        async with self._db.transaction() as session:
            jobs = (await session.execute(select(func.count()).where(Job.user_id == user_id))).scalar_one()
            stopped = await self._forget(session, user_id)
            facts = {"jobs": jobs}, {"cancelled": stopped}
            await record(session, actor, Action.DATA_DELETED, f"user:{user_id}", before=facts[0], after=facts[1])

    async def _forget(self, session: AsyncSession, user_id: int) -> int:
        """Returns how many jobs were cancelled for it."""
        stopped = await self._cancel.everything(session, user_id)
        user = await without_role(session, user_id)
        await forget(session, user, self._leavers.mark(user.telegram_id))
        return stopped

    async def _not_staff(self, user_id: int) -> None:
        async with self._db.reading() as session:
            user = await session.get(User, user_id)
        if user is None:
            raise NotYours
        if await self._staff.actor(user) is not None:
            raise HasRole
