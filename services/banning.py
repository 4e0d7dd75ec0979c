"""Banning: whatever somebody sends means nothing any more. What they have stays theirs."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.errors import AlreadyDone, Erased, HasRole, NotYours
from services.jobs.cancel import Cancel
from services.staff.audit import Action, record
from services.staff.members import Staff
from services.staff.rights import Actor
from storage.clock import db_now
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Outgoing, StaffMember, User


class Banning:
    def __init__(self, db: Database, cancel: Cancel, staff: Staff) -> None:
        self._db = db
        self._cancel = cancel
        self._staff = staff

    async def ban(self, actor: Actor, user_id: int) -> None:
        """What is being made for them is cancelled. Raises NotYours, Erased, HasRole, AlreadyDone."""
        await self._without_role(user_id)
        async with self._db.transaction() as session:
            stopped = await self._cancel.everything(session, user_id)
            await without_role(session, user_id)
            free = (User.id == user_id) & User.banned_at.is_(None)
            if not changed_one(await session.execute(update(User).where(free).values(banned_at=db_now()))):
                raise AlreadyDone
            await record(session, actor, Action.BANNED, f"user:{user_id}", after={"cancelled": stopped})

    async def unban(self, actor: Actor, user_id: int) -> None:
        """Raises AlreadyDone."""
        async with self._db.transaction() as session:
            banned = (User.id == user_id) & User.banned_at.is_not(None)
            if not changed_one(await session.execute(update(User).where(banned).values(banned_at=None))):
                raise AlreadyDone
            await record(session, actor, Action.UNBANNED, f"user:{user_id}")

    async def tell(self, user_id: int) -> None:
        """They wrote: they are told how it stands, once a day."""
        key = f"banned:{user_id}:{datetime.now(UTC).date()}"
        async with self._db.reading() as session:  # whoever writes a hundred times a minute takes no writer lock
            if await session.scalar(select(Outgoing.id).where(Outgoing.key == key)) is not None:
                return
        async with self._db.transaction() as session:
            await outbox.put(session, key=key, user_id=user_id, kind="banned", payload={})

    async def _without_role(self, user_id: int) -> None:
        async with self._db.reading() as session:
            user = await session.get(User, user_id)
        if user is not None and await self._staff.actor(user) is not None:
            raise HasRole  # owners, too, who stand in the settings


async def without_role(session: AsyncSession, user_id: int) -> User:
    """Part of a use case: somebody who is there and has no role. Raises NotYours, Erased, HasRole."""
    user = await session.get(User, user_id, with_for_update={"key_share": True})
    if user is None:
        raise NotYours
    if user.erased_at is not None:
        raise Erased
    if await session.scalar(select(StaffMember.user_id).where(StaffMember.user_id == user_id)) is not None:
        raise HasRole
    return user
