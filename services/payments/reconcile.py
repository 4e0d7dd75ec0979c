"""Asking the vendors for their own lists, and mending what nobody had told of."""

from __future__ import annotations

import time

import structlog
from sqlalchemy import delete, select

from providers.payments import CardDesk, PaymentError
from services.inbox import Inbox, Received
from services.payments.cards import CardPayments
from services.payments.facts import STRIPE, Rail
from services.payments.looks import is_open
from storage.clock import now_plus
from storage.database import Database
from storage.tables import Reconciliation, WantedLook

log = structlog.get_logger(__name__)
OVERLAP_SECONDS = 3600
"""How far back each look goes beyond the last: events may be listed later than they are dated."""
REACH_SECONDS = 30 * 86_400
"""As far back as the vendor lists events (Stripe, "List all events")."""
LATER_SECONDS = 60.0
KEEP_SECONDS = 30 * 86_400.0


async def is_due(db: Database, rail: Rail, every_s: float) -> bool:
    """Whether the last look at a vendor's list is so long ago, by the database's clock, or somebody wants one now."""
    async with db.reading() as session:
        lately = (Reconciliation.rail == rail) & (Reconciliation.created_at > now_plus(-every_s))
        late = await session.scalar(select(Reconciliation.id).where(lately).limit(1)) is None
        return (
            late or await session.scalar(select(WantedLook.rail).where(WantedLook.rail == rail, is_open())) is not None
        )


class CardReconciler:
    def __init__(self, db: Database, desk: CardDesk, inbox: Inbox, payments: CardPayments) -> None:
        self._db = db
        self._desk = desk
        self._inbox = inbox
        self._payments = payments

    async def run(self) -> Reconciliation:
        """Handle each event that the vendor lists and no webhook brought. Raises PaymentError: it cannot be asked."""
        cursor = await self._cursor()
        earliest = int(time.time()) - REACH_SECONDS
        events = await self._desk.events(max(cursor - OVERLAP_SECONDS, earliest))
        mended = []
        for received in [*await self._inbox.put_aside(), *await self._inbox.abandoned()]:
            mended += await self._handle(received)
        known = await self._inbox.known([event["id"] for event in events])
        for event in events:
            if event["id"] not in known:
                for received in await self._inbox.store({event["id"]: event}):
                    mended += await self._handle(received)
        return await self._report(max([cursor, *(event["created"] for event in events)]), len(events), mended)

    async def _handle(self, received: Received) -> list[str]:
        try:
            return [f"{news} had been missing" for news in await self._payments.handle(received)]
        except PaymentError as error:
            log.warning("event waits", event_id=received.body.get("id"), error=str(error), retryable=error.retryable)
            if error.retryable:
                await self._inbox.postpone(received.id, LATER_SECONDS)
        except Exception:  # one event that cannot be handled must not hide the others
            log.exception("event failed", event_id=received.body.get("id"))
        return []

    async def _cursor(self) -> int:
        async with self._db.reading() as session:
            last = select(Reconciliation.cursor).where(Reconciliation.rail == STRIPE).order_by(Reconciliation.id.desc())
            return await session.scalar(last.limit(1)) or 0

    async def _report(self, cursor: int, looked_at: int, mended: list[str]) -> Reconciliation:
        async with self._db.transaction() as session:
            old = (Reconciliation.rail == STRIPE) & (Reconciliation.created_at < now_plus(-KEEP_SECONDS))
            await session.execute(delete(Reconciliation).where(old))
            report = Reconciliation(rail=STRIPE, cursor=cursor, looked_at=looked_at, mended=mended)
            session.add(report)
        return report
