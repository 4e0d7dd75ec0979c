"""Payments by card: what the vendor's events tell, what a buyer says, and what the vendor answers when asked.

An event is taken as a hint. How a visit to the payment page stands is asked for at the moment it is handled, so events
that come late, twice or in another order cannot tell anything that is no longer so.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.payments import CardDesk, CardReversal, Checkout, PaymentError
from services import outbox
from services.errors import NotYours, VendorUnreachable
from services.inbox import Received, handled
from services.payments.facts import STRIPE, Charge, Reversed
from services.payments.settle import record_charge, record_reversal
from storage.database import Database
from storage.tables import Order, PackLink, Payment

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 12.0
"""How long somebody who waits for an answer waits for the vendor."""
ASKED_AT_ONCE = 8
"""How many people who come back from paying are asked about at the same moment; the others just go on."""
SKEW_SECONDS = 600
"""How far the vendor's clock may be from ours."""
BEFORE = {"pending": ("open",), "failed": ("open", "pending")}
"""From where an order gets to be so: news that come late never turn it back."""


class Found(StrEnum):
    """What the vendor knows of an order."""

    PAID = "paid"
    PENDING = "pending"
    """A slow payment is under way."""
    NOTHING = "nothing"


class CardPayments:
    def __init__(self, db: Database, desk: CardDesk | None, *, livemode: bool, bot_id: int) -> None:
        """`desk` is None where cards are off; `livemode`: whether real money is expected."""
        self._db = db
        self._desk = desk
        self._livemode = livemode
        self._bot = str(bot_id)
        self._asking = asyncio.Semaphore(ASKED_AT_ONCE)

    async def handle(self, received: Received) -> list[str]:
        """Do what an event asks for, and mark it handled together with its effect. Returns a line for each news.

        Raises PaymentError: then nothing was done, and it is to be tried again.
        """
        event = self._vendor.read(received.body)
        facts: list[Checkout | CardReversal] = []
        if event.livemode != self._livemode:
            # Our key cannot ask about it, so what the event says must do. Test refunds of test money change nothing.
            facts += [event.about] if isinstance(event.about, Checkout) else []
        elif isinstance(event.about, Checkout):
            whole = await self._vendor.checkout(event.about.id)
            if whole is None:
                log.warning("a visit that is told of but is not there", event_id=event.id, checkout_id=event.about.id)
            facts += [whole] if whole else []
        elif event.about:
            facts.append(event.about)
        elif event.refunds_of:
            facts += await self._vendor.refunds(event.refunds_of)
        async with self._db.transaction() as session:
            news = await self._record(session, facts, right_mode=event.livemode == self._livemode)
            await handled(session, received.id)
        say = log.info if news else log.debug
        say("event handled", event_id=event.id, type=event.type, news=news)
        return news

    async def recheck(self, user_id: int, order_id: int) -> Found:
        """Ask the vendor about an order at once, and record what is found. Raises NotYours, VendorUnreachable."""
        order, link_id = await self._order(user_id, order_id)
        if order.state == "paid" or link_id is None:
            return Found.PAID if order.state == "paid" else Found.NOTHING
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                since = int(order.created_at.timestamp()) - SKEW_SECONDS
                visits = await self._vendor.checkouts(link_id, order.token, since)
                whole = [await self._vendor.checkout(one.id) for one in visits if one.progress not in ("open", "over")]
        except (PaymentError, TimeoutError) as error:
            raise VendorUnreachable from error
        found = [one for one in whole if one is not None]
        for (
            one
        ) in found:  # a transaction each: two charges locked in one could meet others that lock them the other way
            async with self._db.transaction() as session:
                await self._record(session, [one])
        order, _ = await self._order(user_id, order_id)
        if order.state == "paid":
            return Found.PAID
        return Found.PENDING if any(one.progress == "pending" for one in found) else Found.NOTHING

    async def returned(self, checkout_id: str) -> str | None:
        """Somebody comes back from the payment page: look at once, and say which order (its token) it was about."""
        if self._asking.locked():
            return None
        try:
            async with self._asking, asyncio.timeout(PATIENCE_SECONDS):
                visit = await self._vendor.checkout(checkout_id)
        except (PaymentError, TimeoutError) as error:
            log.warning("nobody to ask about who came back", error=repr(error))
            return None
        if visit is None:
            return None
        async with self._db.transaction() as session:
            await self._record(session, [visit])
            ordered = select(Order.token).where(Order.token == visit.reference, Order.rail == STRIPE)
            return await session.scalar(ordered)

    async def refund(self, payment: Payment, amount: int, *, key: str) -> Reversed:
        """Give `amount` of a payment back, once for `key`. Raises PaymentError."""
        made = await self._vendor.refund(payment.external_id, amount, key=f"{payment.external_id}:{key}")
        return _reversed(made)

    @property
    def _vendor(self) -> CardDesk:
        if self._desk is None:
            raise PaymentError("cards are off", retryable=False)
        return self._desk

    async def _order(self, user_id: int, order_id: int) -> tuple[Order, str | None]:
        async with self._db.reading() as session:
            ordered = select(Order, PackLink.link_id).outerjoin(PackLink, PackLink.id == Order.link_id)
            row = (await session.execute(ordered.where(Order.id == order_id, Order.user_id == user_id))).one_or_none()
            if row is None:
                raise NotYours
            return row[0], row[1]

    async def _record(
        self,
        session: AsyncSession,
        facts: list[Checkout] | list[CardReversal] | list[Checkout | CardReversal],
        *,
        right_mode: bool = True,
    ) -> list[str]:
        news = []
        for fact in facts:
            if isinstance(fact, CardReversal):
                if await record_reversal(session, _reversed(fact)):
                    news.append(f"{fact.id}: a {fact.kind} of {fact.amount} for {fact.charge_id}, {fact.status}")
            elif not await self._ours(session, fact):
                log.info("paid for something else", checkout_id=fact.id)
            elif fact.progress == "paid":
                if await record_charge(session, _charge(fact, right_mode=right_mode)):
                    news.append(f"{fact.charge_id}: a payment of {fact.amount} {fact.currency}")
            elif right_mode and fact.progress in BEFORE and await _stands(session, fact):
                news.append(f"{fact.id}: a payment that is {fact.progress}")
        return news

    async def _ours(self, session: AsyncSession, visit: Checkout) -> bool:
        """The account may sell other things, at other links. What names one of our orders is ours wherever it was."""
        if visit.labels.get("bot") == self._bot:
            return True
        link = select(PackLink.id).where(PackLink.link_id == visit.link_id)
        order = select(Order.id).where(Order.token == visit.reference)
        return await session.scalar(link) is not None or await session.scalar(order) is not None


async def _stands(session: AsyncSession, visit: Checkout) -> bool:
    """Note how an order's slow payment stands, and tell the buyer. Returns whether it was news."""
    link = select(PackLink.id).where(PackLink.link_id == visit.link_id).scalar_subquery()
    mine = (Order.token == visit.reference) & (Order.link_id == link) & Order.state.in_(BEFORE[visit.progress])
    changed = await session.execute(
        update(Order)
        .where(mine)
        .values(state=visit.progress)
        .returning(Order.id, Order.user_id)
        .execution_options(synchronize_session=False)
    )
    row = changed.one_or_none()
    if row is None:
        return False
    kind = f"payment_{visit.progress}"
    await outbox.put(session, key=f"{kind}:{row[0]}", user_id=row[1], kind=kind, payload={"order_id": row[0]})
    return True


def _charge(visit: Checkout, *, right_mode: bool) -> Charge:
    return Charge(
        STRIPE,
        visit.charge_id,
        visit.reference,
        visit.amount,
        visit.currency,
        link_id=visit.link_id,
        one_pack=visit.one_pack,
        right_mode=right_mode,
        receipt_url=visit.receipt_url,
    )


def _reversed(fact: CardReversal) -> Reversed:
    return Reversed(STRIPE, fact.id, fact.kind, fact.charge_id, fact.amount, fact.status)
