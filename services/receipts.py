"""What somebody paid, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import Order, Pack, Payment, Transfer

PAGE = 5

State = Literal["paid", "partly_refunded", "refunded", "disputed", "waiting", "returned"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payment, with what was ordered where that is known."""

    payment: Payment
    order: Order | None
    pack: Pack | None

    @property
    def reference(self) -> str:
        """What people quote when they ask about a payment."""
        return f"P{self.payment.id}"

    @property
    def state(self) -> State:
        """waiting: nobody has the credits yet, since it could not be matched."""
        payment = self.payment
        if payment.state != "credited":
            return "returned" if payment.state == "returned" else "waiting"
        if payment.dispute_taken:
            return "disputed"
        if payment.refund_taken:
            return "refunded" if payment.refund_taken >= payment.credits else "partly_refunded"
        return "paid"


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    receipts: list[Receipt]
    page: int
    pages: int


class Receipts:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, user_id: int, page: int = 0) -> ReceiptsPage:
        """A page of a user's payments, newest first; a page past the end is the last one."""
        async with self._db.reading() as session:
            total = await _count(session, user_id)
            pages = max(1, -(-total // PAGE))
            page = min(max(page, 0), pages - 1)
            newest = _theirs(user_id).order_by(Payment.id.desc()).limit(PAGE).offset(page * PAGE)
            return ReceiptsPage([Receipt(*row) for row in (await session.execute(newest)).all()], page, pages)

    async def one(self, payment_id: int) -> Receipt:
        """For messages about a payment: whom they go to was decided when they were written."""
        async with self._db.reading() as session:
            row = (await session.execute(_all().where(Payment.id == payment_id))).one()
            return Receipt(*row)

    async def repaid(self, payment_id: int) -> int:
        """How many of a payment's credits went straight into what its buyer owed."""
        async with self._db.reading() as session:
            key = f"payment:{payment_id}:0:repay"
            return await session.scalar(select(Transfer.amount).where(Transfer.key == key)) or 0


def _all() -> Select[Payment, Order | None, Pack | None]:
    with_order = select(Payment, Order, Pack).outerjoin(Order, Order.id == Payment.order_id)
    return with_order.outerjoin(Pack, Pack.id == Order.pack_id)


def _theirs(user_id: int) -> Select[Payment, Order | None, Pack | None]:
    """Also those that could not be matched, as far as an order says whose they are."""
    unmatched = Payment.user_id.is_(None) & (Order.user_id == user_id)
    return _all().where((Payment.user_id == user_id) | unmatched)


async def _count(session: AsyncSession, user_id: int) -> int:
    listed = _theirs(user_id).with_only_columns(Payment.id).subquery()
    return (await session.execute(select(func.count()).select_from(listed))).scalar_one()
