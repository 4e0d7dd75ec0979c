"""What those who run the service do with payments: look them up, give them back, say whose an unmatched one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.payments import PaymentError
from services.errors import AlreadyDone, NotYours, RefundNotPossible, VendorUnreachable
from services.payments.facts import COUNTS, STARS, Problem, Rail, Reversed
from services.payments.settle import credit, record_reversal, settle
from services.staff.audit import Action, record, record_once
from services.staff.rights import Actor
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Order, Pack, Payment, Reversal, User

PAGE = 6


class Refunder(Protocol):
    async def __call__(self, payment: Payment, amount: int, *, key: str) -> Reversed:
        """Give back `amount` of a payment, once for `key`. Raises PaymentError."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    payment: Payment
    user: User | None
    """Who has its credits; of an unmatched one, who ordered or paid it, where that is known."""
    pack: Pack | None
    refunded: int
    """In the payment's own smallest unit, as is all money here."""
    refunds: int
    """How many were ever begun, those that failed as well."""
    suggested_credits: int | None
    """What an unmatched payment would have bought, if there is such a pack."""

    @property
    def refundable(self) -> int:
        return max(0, self.payment.amount - self.refunded)


class PaymentDesk:
    def __init__(self, db: Database, refunders: Mapping[Rail, Refunder]) -> None:
        self._db = db
        self._refunders = refunders

    async def unmatched(self, page: int = 0) -> tuple[list[PaymentView], int]:
        """A page of payments that wait for somebody to look at them, oldest first, and how many there are."""
        waiting = Payment.state == "unmatched"
        async with self._db.reading() as session:
            total = (await session.execute(select(func.count()).select_from(Payment).where(waiting))).scalar_one()
            query = select(Payment).where(waiting).order_by(Payment.id).limit(PAGE).offset(page * PAGE)
            found = (await session.execute(query)).scalars().all()
            return [await _view(session, payment) for payment in found], total

    async def find(self, reference: str) -> PaymentView:
        """A payment by its number, the vendor's id of it, or its order's token. Raises NotYours when there is none."""
        wanted = reference.strip().lstrip("#")
        same = or_(Payment.external_id == wanted, Order.token == wanted)
        if wanted.isdecimal() and len(wanted) < 18:
            same |= Payment.id == int(wanted)
        async with self._db.reading() as session:
            query = select(Payment).outerjoin(Order, Order.id == Payment.order_id).where(same).order_by(Payment.id)
            payment = await session.scalar(query.limit(1))
            if payment is None:
                raise NotYours
            return await _view(session, payment)

    async def view(self, payment_id: int) -> PaymentView:
        """Raises NotYours."""
        async with self._db.reading() as session:
            payment = await session.get(Payment, payment_id)
            if payment is None:
                raise NotYours
            return await _view(session, payment)

    async def refund(self, actor: Actor, payment_id: int, amount: int) -> PaymentView:
        """Give `amount` back at the vendor, and let the credits follow. A repetition gives back nothing more.

        Raises NotYours, RefundNotPossible, VendorUnreachable.
        """
        view = await self.view(payment_id)
        payment = view.payment
        if not 0 < amount <= view.refundable:
            raise RefundNotPossible("nothing_left" if view.refundable == 0 else "too_much")
        if payment.rail == STARS and amount != payment.amount:
            raise RefundNotPossible("only_whole")
        refunder = self._refunders.get(payment.rail)  # type: ignore[call-overload]  # the column is a plain string
        if refunder is None:
            raise RefundNotPossible("rail_off")
        try:
            # How many there were is part of the key: the same tap twice is one refund, a second half another, and so
            # is what is tried again after one that failed.
            fact = await refunder(payment, amount, key=f"refund:{payment.id}:{view.refunds}:{amount}")
        except PaymentError as error:
            raise (VendorUnreachable() if error.retryable else RefundNotPossible("refused")) from error
        async with self._db.transaction() as session:
            await record_reversal(session, fact)
            before = {"refunded": view.refunded}
            after = {"refunded": view.refunded + amount, "of": payment.amount, "currency": payment.currency}
            # Two taps at once are one refund, and the vendor's own news of it may have come first.
            await record_once(session, actor, Action.REFUNDED, f"payment:{payment_id}", before, after)
        return await self.view(payment_id)

    async def assign(self, actor: Actor, payment_id: int, telegram_id: int, credits_: int) -> PaymentView:
        """An unmatched payment was this person's: they get the credits, and are told.

        Raises NotYours (no such person), AlreadyDone (it is not unmatched any more, or is test money).
        """
        async with self._db.transaction() as session:
            user_id = await session.scalar(select(User.id).where(User.telegram_id == telegram_id))
            if user_id is None:
                raise NotYours
            real = (Payment.problem.is_(None)) | (Payment.problem != Problem.WRONG_MODE)
            decided = await session.execute(
                update(Payment)
                .where(Payment.id == payment_id, Payment.state == "unmatched", real)
                .values(state="credited", user_id=user_id, credits=credits_)
                .execution_options(synchronize_session=False)
            )
            if not changed_one(decided):
                raise AlreadyDone
            await credit(session, payment_id)
            await settle(session, payment_id)
            after = {"user": user_id, "credits": credits_}
            await record(session, actor, Action.PAYMENT_ASSIGNED, f"payment:{payment_id}", after=after)
        return await self.view(payment_id)


async def _view(session: AsyncSession, payment: Payment) -> PaymentView:
    order = await session.get(Order, payment.order_id) if payment.order_id else None
    about = (Reversal.rail == payment.rail) & (Reversal.charge_id == payment.external_id) & (Reversal.kind == "refund")
    gone = func.coalesce(func.sum(Reversal.amount).filter(Reversal.status.in_(COUNTS["refund"])), 0)
    refunds, refunded = (await session.execute(select(func.count(), gone).where(about))).one()
    return PaymentView(
        payment=payment,
        user=await _person(session, payment, order),
        pack=await session.get(Pack, order.pack_id) if order else None,
        refunded=int(refunded),
        refunds=refunds,
        suggested_credits=await _worth(session, payment),
    )


async def _person(session: AsyncSession, payment: Payment, order: Order | None) -> User | None:
    if payment.user_id is not None:
        return await session.get(User, payment.user_id)
    if payment.payer_id is not None:
        return await session.scalar(select(User).where(User.telegram_id == payment.payer_id))
    return await session.get(User, order.user_id) if order else None


async def _worth(session: AsyncSession, payment: Payment) -> int | None:
    price = Pack.stars if payment.rail == STARS else Pack.cents
    same = (price == payment.amount) & ((Pack.currency == payment.currency) | (payment.rail == STARS))
    return await session.scalar(select(Pack.credits).where(same, Pack.active).order_by(Pack.id).limit(1))
