"""Charges as vendors tell of them, for tests."""

from __future__ import annotations

import itertools

from services import ledger
from services.ledger import TransferKind
from services.payments.facts import STARS, STARS_CURRENCY, STRIPE, Charge, Reversed
from services.payments.settle import record_charge, record_reversal
from storage.database import Database
from storage.tables import Order, PackLink, User

_numbers = itertools.count(1)


async def charge_for(db: Database, order: Order, buyer: User) -> Charge:
    """The charge an honest buyer makes for an order, as its rail tells of it; each has an id of its own."""
    number = next(_numbers)
    if order.rail == STARS:
        return Charge(STARS, f"stars_{number}", order.token, order.amount, STARS_CURRENCY, payer_id=buyer.telegram_id)
    async with db.reading() as session:
        link = await session.get_one(PackLink, order.link_id)
    return Charge(STRIPE, f"pi_{number}", order.token, order.amount, order.currency, link_id=link.link_id)


async def take_away(db: Database, user: User, amount: int) -> None:
    """Leave somebody with so many credits less."""
    async with db.transaction() as session:
        key, kind = f"taken:{next(_numbers)}", TransferKind.ADMIN
        await ledger.claw_back(session, user.id, amount, into=ledger.GRANTS, kind=kind, key=key)


async def told(db: Database, fact: Charge | Reversed) -> bool:
    """A vendor tells of something, in a transaction of its own. Returns whether it was news."""
    async with db.transaction() as session:
        return await (record_charge(session, fact) if isinstance(fact, Charge) else record_reversal(session, fact))
