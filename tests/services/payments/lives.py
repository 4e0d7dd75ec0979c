"""All that is ever told of one payment, as facts and as Stripe's events, and what the books say once it was told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from providers.payments import CardReversal, Checkout
from providers.stripe import reading
from services import ledger
from services.inbox import Inbox
from services.ledger import TransferKind
from services.payments.cards import CardPayments
from services.payments.facts import STRIPE, Charge, Rail, Reversed
from services.payments.orders import Orders
from storage.database import Database
from storage.tables import Order, User
from tests.support.builders import BOT_ID, create_pack, create_user
from tests.support.desks import CardCounter
from tests.support.money import charge_for, told
from tests.support.quick import Quick

COURSES: dict[str, tuple[str, Callable[[int], int], tuple[str, ...]]] = {
    "re_1": ("refund", lambda whole: whole // 3, ("pending", "succeeded")),
    "re_2": ("refund", lambda whole: whole // 3, ("requires_action", "succeeded", "failed")),
    "re_3": ("refund", lambda whole: whole // 6, ("succeeded",)),
    "dp_1": (
        "dispute",
        lambda whole: whole,
        ("warning_needs_response", "warning_closed", "needs_response", "lost", "won"),
    ),
    "dp_2": ("dispute", lambda whole: whole // 4, ("needs_response", "under_review", "lost")),
}
"""Refunded in three parts, one of which failed after all; disputed, lost and won; disputed for a part, and lost."""
BOOKS = (
    "SELECT kind, balance FROM accounts WHERE user_id = {buyer} ORDER BY kind",
    """SELECT t.kind, SUM(CASE WHEN s.user_id IS NULL THEN t.amount ELSE -t.amount END) FROM transfers t
       JOIN accounts s ON s.id = t.source_id WHERE t.user_id = {buyer} AND t.kind <> 'repayment'
       GROUP BY t.kind ORDER BY t.kind""",
    "SELECT state, problem, credits, refund_taken, dispute_taken FROM payments WHERE external_id = '{charge}'",
    "SELECT kind, amount, status FROM reversals WHERE charge_id = '{charge}' ORDER BY external_id",
    "SELECT state FROM orders WHERE user_id = {buyer}",
)

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A buyer with an order, who has a little besides, and spent more than they will have once all was told."""

    buyer: User
    order: Order
    charge: Charge

    @classmethod
    async def anew(cls, db: Database, rail: Rail) -> Ordered:
        buyer = await create_user(db, credits_=0)
        pack = await create_pack(db, credits_=30, cents=1200, stars=600)
        order = (await Orders(db, rails=(rail,), livemode=False).open(buyer.id, pack.id, rail)).order
        async with db.transaction() as session:
            await ledger.grant(session, buyer.id, 20, kind=TransferKind.ADMIN, key=f"besides:{buyer.id}")
            await ledger.hold(session, buyer.id, 18)
        return cls(buyer, order, await charge_for(db, order, buyer))

    def facts(self) -> list[Charge | Reversed]:
        """In the order in which they happen."""
        return [
            self.charge,
            *(self._reversed(name, status) for name, (_, _, course) in COURSES.items() for status in course),
        ]

    def events(self) -> list[dict[str, Any]]:
        """The same as Stripe tells it. That the money came by a slow way, and each refund, is told twice over."""
        visit = {
            "id": f"cs_{self.charge.external_id}",
            "mode": "payment",
            "status": "complete",
            "payment_status": "unpaid",
            "payment_link": self.charge.link_id,
            "client_reference_id": self.charge.reference,
            "payment_intent": self.charge.external_id,
            "amount_subtotal": self.charge.amount,
            "amount_total": self.charge.amount,
            "currency": self.charge.currency,
        }
        told = [_event("checkout.session.completed", visit)]
        told.append(_event("checkout.session.async_payment_succeeded", visit | {"payment_status": "paid"}))
        for name, (kind, _, course) in COURSES.items():
            for status in course:
                fact = self._reversed(name, status)
                thing = {"id": fact.external_id, "amount": fact.amount, "status": status}
                type_ = "refund.updated" if kind == "refund" else "charge.dispute.updated"
                told.append(_event(type_, thing | {"payment_intent": self.charge.external_id}))
        told.append(_event("charge.refunded", {"id": "ch_1", "payment_intent": self.charge.external_id}))
        return told

    def vendor(self) -> CardCounter:
        """Stripe at the end of it all, which is when it is asked."""
        visit = Checkout(
            id=f"cs_{self.charge.external_id}",
            link_id=self.charge.link_id,
            reference=self.charge.reference,
            charge_id=self.charge.external_id,
            progress="paid",
            amount=self.charge.amount,
            currency=self.charge.currency,
            one_pack=True,
            labels={"bot": str(BOT_ID)},
        )
        last = [self._reversed(name, course[-1]) for name, (_, _, course) in COURSES.items()]
        known = [CardReversal(one.external_id, one.kind, one.charge_id, one.amount, one.status) for one in last]
        return CardCounter(visits={visit.id: visit}, reversals=known)

    def books(self, quick: Quick) -> tuple[Any, ...]:
        """What everybody has of it and how it stands, without the numbers that are different each time."""
        asked = [query.format(buyer=self.buyer.id, charge=self.charge.external_id) for query in BOOKS]
        return tuple([tuple(row) for row in quick.look(query)] for query in asked)

    def _reversed(self, name: str, status: str) -> Reversed:
        kind, amount, _ = COURSES[name]
        charge = self.charge
        id_ = f"{name}_{charge.external_id}"
        return Reversed(charge.rail, id_, kind, charge.external_id, amount(charge.amount), status)  # type: ignore[arg-type]


async def tell_facts(db: Database, facts: Sequence[Charge | Reversed]) -> None:
    for fact in facts:
        await told(db, fact)


async def tell_events(db: Database, ordered: Ordered, events: Sequence[dict[str, Any]]) -> None:
    """As they come in at the webhook: stored, then handled, each in a transaction of its own."""
    inbox, payments = Inbox(db, STRIPE), CardPayments(db, ordered.vendor(), livemode=False, bot_id=BOT_ID)
    for event in events:
        for received in await inbox.store({event["id"]: event}):
            await payments.handle(received)


def _event(type_: str, thing: dict[str, Any]) -> dict[str, Any]:
    assert type_ in reading.TYPES
    return {"id": f"evt_{next(_numbers)}", "type": type_, "livemode": False, "created": 1, "data": {"object": thing}}
