"""People as staff sees them: found by whatever they tell, and what we have of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger
from services.errors import NotYours
from services.payments.admin import PaymentDesk
from services.staff.members import Staff
from services.staff.rights import Role
from storage.database import Database
from storage.tables import Job, Order, Payment, Project, Referral, Take, User

PAGE: Final = 8
SHOWN: Final = 5
"""So many are shown where several go by one name: a name that was given up may be another's by now."""
LARGEST: Final = 2**63
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    user: User
    balance: ledger.Balance
    role: Role | None
    brought_by: User | None
    projects: int
    clips: int
    """Finished ones, approved or not."""
    jobs: int
    payments: int
    friends: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a person's, newest first; a page past the end is the last one."""

    items: Sequence[T]
    page: int
    pages: int


class People:
    def __init__(self, db: Database, staff: Staff, payments: PaymentDesk) -> None:
        self._db = db
        self._staff = staff
        self._payments = payments

    async def find(self, words: str) -> list[User]:
        """By Telegram id, our id (`#17`), @name, invitation code, order, payment (`P4`, or the vendor's id) or
        reference (`S17-5`). Raises NotYours when there is nobody.
        """
        wanted = words.strip()
        async with self._db.reading() as session:
            found = list((await session.execute(_named(wanted))).scalars())
        # A bare number is an account at Telegram, `#17` a person: neither is to be taken for a payment's number.
        if not found and _number(wanted.removeprefix("#")) is None:
            view = await self._payments.find(wanted.removeprefix("P") if wanted[1:].isdecimal() else wanted)
            found = [view.user] if view.user else []
        if not found:
            raise NotYours
        return found

    async def view(self, user_id: int) -> Person:
        """Raises NotYours."""
        async with self._db.reading() as session:
            user = await session.get(User, user_id)
            if user is None:
                raise NotYours
            brought = select(User).join(Referral, Referral.inviter_id == User.id)
            counts = [await _count(session, one) for one in _theirs(user_id)]
            brought_by = await session.scalar(brought.where(Referral.invited_id == user_id))
            balance = await ledger.balance(session, user_id)
        actor = await self._staff.actor(user)
        return Person(user, balance, actor.role if actor else None, brought_by, *counts)

    async def jobs(self, user_id: int, page: int = 0) -> Page[Job]:
        async with self._db.reading() as session:
            rows, shown, pages = await _paged(session, select(Job).where(Job.user_id == user_id), Job.id, page)
            return Page([job for (job,) in rows], shown, pages)

    async def friends(self, user_id: int, page: int = 0) -> Page[tuple[Referral, User]]:
        """Whom they brought."""
        async with self._db.reading() as session:
            brought = select(Referral, User).join(User, User.id == Referral.invited_id)
            mine = brought.where(Referral.inviter_id == user_id)
            rows, shown, pages = await _paged(session, mine, Referral.id, page)
            return Page([(referral, friend) for referral, friend in rows], shown, pages)


def _named(wanted: str) -> Select[User]:
    """Whom it can mean; a reference like `S17-5` begins with our id."""
    ours = wanted.removeprefix("#") if wanted.startswith("#") else wanted.removeprefix("S").split("-")[0]
    known = select(User).order_by(User.id.desc()).limit(SHOWN)
    if wanted.startswith(("#", "S")) and _number(ours) is not None:
        return known.where(User.id == _number(ours))
    if _number(wanted) is not None:
        return known.where(User.telegram_id == _number(wanted))
    if wanted.startswith("@"):
        return known.where(func.lower(User.username) == wanted[1:].lower())
    ordered = select(Order.user_id).where(Order.token == wanted.removeprefix("paid_"))
    code = User.referral_code == wanted.removeprefix("ref_").upper()
    return known.where(code | User.id.in_(ordered))


def _number(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdecimal() and int(words) < LARGEST else None


def _theirs(user_id: int) -> tuple[ColumnElement[bool], ...]:
    """Projects, clips, jobs, payments, friends."""
    return (
        (Project.user_id == user_id) & Project.deleted_at.is_(None),
        (Take.user_id == user_id) & Take.erased_at.is_(None),
        Job.user_id == user_id,
        Payment.user_id == user_id,
        Referral.inviter_id == user_id,
    )


async def _count(session: AsyncSession, which: ColumnElement[bool]) -> int:
    return (await session.execute(select(func.count()).where(which))).scalar_one()


async def _paged(session: AsyncSession, query: Any, order: Any, page: int) -> tuple[Sequence[Any], int, int]:
    total = (await session.execute(select(func.count()).select_from(query.subquery()))).scalar_one()
    pages = max(1, -(-total // PAGE))
    shown = min(page, pages - 1)
    rows = await session.execute(query.order_by(order.desc()).limit(PAGE).offset(shown * PAGE))
    return rows.all(), shown, pages
