"""Telegram Stars: what a successful or returned payment does, and what Telegram's own list says besides."""

from __future__ import annotations

from sqlalchemy import select

from providers.payments import PaymentError, StarsDesk, StarTransaction
from services.payments.facts import STARS, STARS_CURRENCY, Charge, Reversed
from services.payments.settle import record_charge, record_reversal
from storage.database import Database
from storage.tables import Payment, Reconciliation, Reversal

PAGE = 100
"""The most transactions Telegram lists at once."""
OVERLAP = 100
"""How many transactions are looked at again, should the list have been cut between two of the same moment."""


class Stars:
    def __init__(self, db: Database, desk: StarsDesk) -> None:
        self._db = db
        self._desk = desk

    async def paid(self, *, payer_id: int, payload: str, amount: int, currency: str, charge_id: str) -> bool:
        """A successful payment: credited once, however often it is told. Returns whether it was news."""
        charge = Charge(STARS, charge_id, payload or None, amount, currency, payer_id=payer_id)
        async with self._db.transaction() as session:
            return await record_charge(session, charge)

    async def refunded(self, *, charge_id: str, amount: int) -> bool:
        """Stars that went back, by us or by a store. Returns whether it was news."""
        async with self._db.transaction() as session:
            return await record_reversal(session, _refund(charge_id, amount))

    async def give_back(self, payment: Payment, amount: int, *, key: str) -> Reversed:  # noqa: ARG002 - Telegram needs none
        """Refund a payment, whole: Telegram knows no other way. Raises PaymentError."""
        if payment.payer_id is None:
            raise PaymentError(f"payment {payment.id} has no payer", retryable=False)
        await self._desk.refund(payment.payer_id, payment.external_id)
        return _refund(payment.external_id, amount)

    async def reconcile(self) -> Reconciliation:
        """Look at Telegram's own list, and do what no update had told of. Raises PaymentError."""
        seen = await self._cursor()
        offset = max(0, seen - OVERLAP)
        looked_at, mended = 0, list[str]()
        while page := await self._desk.transactions(offset, PAGE):
            for transaction in page:
                mended += await self._mend(transaction)
            looked_at += len(page)
            offset += len(page)
        async with self._db.transaction() as session:
            report = Reconciliation(rail=STARS, cursor=max(seen, offset), looked_at=looked_at, mended=mended)
            session.add(report)
        return report

    async def _cursor(self) -> int:
        async with self._db.reading() as session:
            last = select(Reconciliation.cursor).where(Reconciliation.rail == STARS).order_by(Reconciliation.id.desc())
            return await session.scalar(last.limit(1)) or 0

    async def _mend(self, one: StarTransaction) -> list[str]:
        if one.telegram_id is None or await self._known(one):
            return []
        if one.incoming:
            news = await self.paid(
                payer_id=one.telegram_id,
                payload=one.payload or "",
                amount=one.amount,
                currency=STARS_CURRENCY,
                charge_id=one.id,
            )
            return [f"{one.id}: a payment of {one.amount} Stars had been missing"] if news else []
        news = await self.refunded(charge_id=one.id, amount=one.amount)
        return [f"{one.id}: a refund of {one.amount} Stars had been missing"] if news else []

    async def _known(self, one: StarTransaction) -> bool:
        """A look without the writer's lock: nearly all of the list is known."""
        table = Payment if one.incoming else Reversal
        async with self._db.reading() as session:
            there = select(table.id).where(table.rail == STARS, table.external_id == one.id)
            return await session.scalar(there) is not None


def _refund(charge_id: str, amount: int) -> Reversed:
    return Reversed(STARS, charge_id, "refund", charge_id, amount, "succeeded")
