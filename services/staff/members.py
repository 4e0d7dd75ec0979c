"""Roles: owners stand in the settings, admins and support were appointed by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.errors import AlreadyDone, NotYours
from services.staff.audit import Action, record
from services.staff.rights import RIGHTS, Actor, Right, Role
from storage.database import Database
from storage.insert import insert_once
from storage.tables import StaffMember, User


@dataclass(frozen=True, slots=True)
class Member:
    user: User
    role: Role


class Staff:
    def __init__(self, db: Database, *, owners: Sequence[int]) -> None:
        """`owners`: Telegram ids, as the settings name them."""
        self._db = db
        self._owners = frozenset(owners)

    async def actor(self, user: User) -> Actor | None:
        """What somebody may act as now; None for everybody else."""
        if user.telegram_id in self._owners:
            return Actor(user.id, Role.OWNER)
        async with self._db.reading() as session:
            role = await session.scalar(select(StaffMember.role).where(StaffMember.user_id == user.id))
        return Actor(user.id, Role(role)) if role and user.banned_at is None else None

    async def find(self, reference: str) -> User | None:
        """Somebody by their Telegram id or @name (which they may have changed since they last wrote)."""
        wanted = reference.strip().lstrip("@")
        same = User.telegram_id == int(wanted) if wanted.isdecimal() and len(wanted) < 18 else None
        named = func.lower(User.username) == wanted.lower()
        async with self._db.reading() as session:
            found = await session.execute(select(User).where(named if same is None else same).limit(2))
            people = list(found.scalars())
        return people[0] if len(people) == 1 else None  # of two with one name, nobody knows which is meant

    async def members(self, right: Right | None = None) -> list[Member]:
        """Everybody with a role (that has the `right`), owners first. Owners who never wrote to the bot are unknown."""
        async with self._db.reading() as session:
            query = select(User, StaffMember.role).outerjoin(StaffMember, StaffMember.user_id == User.id)
            theirs = User.telegram_id.in_(self._owners) | StaffMember.role.is_not(None)
            found = (await session.execute(query.where(theirs, User.banned_at.is_(None)).order_by(User.id))).all()
        everybody = [Member(user, self._role(user, role)) for user, role in found]
        order = list(Role)
        able = [one for one in everybody if right is None or right in RIGHTS[one.role]]
        return sorted(able, key=lambda one: order.index(one.role))

    async def appoint(self, actor: Actor, user_id: int, role: Role) -> None:
        """Give somebody a role, in place of the one they have. Raises NotYours, AlreadyDone (also for owners)."""
        async with self._db.transaction() as session:
            user = await session.get(User, user_id, with_for_update=True)
            if user is None:
                raise NotYours
            if user.telegram_id in self._owners or role is Role.OWNER:
                raise AlreadyDone
            before = await session.scalar(select(StaffMember.role).where(StaffMember.user_id == user_id))
            if before == role:
                raise AlreadyDone
            if await insert_once(session, StaffMember, user_id=user_id, role=role) is None:
                mine = StaffMember.user_id == user_id
                await session.execute(update(StaffMember).where(mine).values(role=role))
            facts = {"role": before}, {"role": role}
            number = await record(session, actor, Action.APPOINTED, f"user:{user_id}", before=facts[0], after=facts[1])
            await _tell(session, user_id, number)

    async def dismiss(self, actor: Actor, user_id: int) -> None:
        """Raises AlreadyDone: they have no role that can be taken."""
        async with self._db.transaction() as session:
            gone = delete(StaffMember).where(StaffMember.user_id == user_id).returning(StaffMember.role)
            before = await session.scalar(gone)
            if before is None:
                raise AlreadyDone
            number = await record(session, actor, Action.DISMISSED, f"user:{user_id}", before={"role": before})
            await _tell(session, user_id, number)

    def _role(self, user: User, role: str | None) -> Role:
        return Role.OWNER if user.telegram_id in self._owners else Role(role or "")


async def _tell(session: AsyncSession, user_id: int, number: int) -> None:
    """What they are is said as it is when it is sent. `number`: of the log's entry."""
    await outbox.put(session, key=f"role:{number}", user_id=user_id, kind="role", payload={})
