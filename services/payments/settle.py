"""Payments as the ledger has them: credited once, and taken back and given back as refunds and disputes go.

What vendors tell may come in any order and any number of times. So nothing here reacts to an event: facts are written
down, and then the credits of the payment are moved to where the facts as a whole say they belong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger, outbox
from services.ledger import TransferKind
from services.payments.facts import COUNTS, RANKS, STARS, Charge, Problem, Reversed, portion
from services.referrals import affected_by, reconsider
from storage.clock import db_now
from storage.insert import insert_once
from storage.serialise import one_at_a_time
from storage.tables import Order, PackLink, Payment, Reversal, User

Kind = Literal["refund", "dispute"]
TRANSFER_KINDS = {"refund": TransferKind.REFUND, "dispute": TransferKind.DISPUTE}


async def record_charge(session: AsyncSession, charge: Charge) -> bool:
    """Credit a charge to who ordered it, or put it on the list of the unmatched. Returns whether it was news."""
    await _alone_with(session, charge.rail, charge.external_id)
    order, problem = await _match(session, charge)
    payment_id = await insert_once(
        session,
        Payment,
        rail=charge.rail,
        external_id=charge.external_id,
        order_id=order.id if order else None,
        user_id=order.user_id if order and not problem else None,
        payer_id=charge.payer_id,
        amount=charge.amount,
        currency=charge.currency,
        credits=order.credits if order and not problem else 0,
        state="unmatched" if problem else "credited",
        problem=problem,
        receipt_url=charge.receipt_url,
    )
    if payment_id is None:
        return False
    if order and not problem:
        await session.execute(update(Order).where(Order.id == order.id).values(state="paid", paid_at=db_now()))
        await credit(session, payment_id)
    else:
        await _tell_unmatched(session, payment_id, order, charge)
    await settle(session, payment_id)
    return True


async def credit(session: AsyncSession, payment_id: int) -> None:
    """Give a payment that is 'credited' by its row the credits it is worth, once. `settle` is to follow."""
    payment = await _locked(session, payment_id)
    if payment.user_id is None:
        raise ValueError(f"payment {payment_id} belongs to nobody")
    await ledger.lock(session, payment.user_id, *await affected_by(session, payment.user_id))
    key, kind = f"payment:{payment.id}:0", TransferKind.PURCHASE
    source = ledger.PURCHASES
    if await ledger.credit(session, payment.user_id, payment.credits, source=source, kind=kind, key=key):
        await _tell(session, payment, "payment_received", key, {})


async def record_reversal(session: AsyncSession, fact: Reversed) -> bool:
    """Write down how a refund or dispute stands, and move the credits. Returns whether it was news."""
    await _alone_with(session, fact.rail, fact.charge_id)
    rank = RANKS[fact.kind].get(fact.status, 0)
    made = await insert_once(
        session,
        Reversal,
        rail=fact.rail,
        external_id=fact.external_id,
        kind=fact.kind,
        charge_id=fact.charge_id,
        amount=fact.amount,
        status=fact.status,
        rank=rank,
    )
    if made is None:
        known = (Reversal.rail == fact.rail) & (Reversal.external_id == fact.external_id)
        newer = await session.execute(
            update(Reversal)
            .where(known, tuple_(Reversal.rank, Reversal.amount) < tuple_(rank, fact.amount))
            .values(status=fact.status, rank=rank, amount=fact.amount)
            .returning(Reversal.id)
            .execution_options(synchronize_session=False)
        )
        if newer.first() is None:
            return False
    about = select(Payment.id).where(Payment.rail == fact.rail, Payment.external_id == fact.charge_id)
    payment_id = (await session.execute(about)).scalar_one_or_none()
    if payment_id is not None:
        await settle(session, payment_id)
    return True


async def settle(session: AsyncSession, payment_id: int) -> None:
    """Move the credits of a payment to where its refunds and disputes say they belong."""
    payment = await _locked(session, payment_id)
    refunded, disputed = await _reversed(session, payment)
    if payment.state != "credited" or payment.user_id is None:
        payment.state = "returned" if refunded and refunded >= payment.amount else "unmatched"
        return
    await ledger.lock(session, payment.user_id, *await affected_by(session, payment.user_id))
    refund = portion(payment.credits, refunded, payment.amount)
    dispute = min(portion(payment.credits, disputed, payment.amount), payment.credits - refund)
    changes: list[tuple[Kind, int]] = [
        ("refund", refund - payment.refund_taken),
        ("dispute", dispute - payment.dispute_taken),
    ]
    # What is given back first: taken first, it would be a debt for the moment, and be told as one.
    for kind, change in sorted(changes, key=lambda one: one[1]):
        if change:
            await _move(session, payment, kind, change)
    await reconsider(session, payment.user_id)


async def _move(session: AsyncSession, payment: Payment, kind: Kind, change: int) -> None:
    """Take `change` credits more because of refunds or disputes, or give back so many (below 0)."""
    user_id = payment.user_id
    if user_id is None:
        raise ValueError(f"payment {payment.id} belongs to nobody")
    payment.moves += 1
    taken = "refund_taken" if kind == "refund" else "dispute_taken"
    setattr(payment, taken, getattr(payment, taken) + change)
    key, transfer = f"payment:{payment.id}:{payment.moves}", TRANSFER_KINDS[kind]
    if change > 0:
        into = ledger.PURCHASES
        clawed = await ledger.claw_back(session, user_id, change, into=into, kind=transfer, key=key)
        facts = {"kind": kind, "credits": change, "owed": clawed.owed}
        await _tell(session, payment, "payment_reversed", key, facts)
    else:
        source = ledger.PURCHASES
        await ledger.credit(session, user_id, -change, source=source, kind=transfer, key=key)
        await _tell(session, payment, "payment_restored", key, {"kind": kind, "credits": -change})


async def _reversed(session: AsyncSession, payment: Payment) -> tuple[int, int]:
    """How much of a payment is refunded, and how much disputed, in its own smallest unit."""
    about = (Reversal.rail == payment.rail) & (Reversal.charge_id == payment.external_id)
    rows = (await session.execute(select(Reversal.kind, Reversal.status, Reversal.amount).where(about))).all()
    gone = dict.fromkeys(COUNTS, 0)
    for kind, status, amount in rows:
        gone[kind] += amount if status in COUNTS[kind] else 0
    return gone["refund"], gone["dispute"]


async def _match(session: AsyncSession, charge: Charge) -> tuple[Order | None, Problem | None]:
    if charge.reference is None:
        return None, Problem.NO_REFERENCE
    ordered = select(Order, User.telegram_id, PackLink.link_id).join(User, User.id == Order.user_id)
    ordered = ordered.outerjoin(PackLink, PackLink.id == Order.link_id)
    # Under the order's lock, so that payments of one order at the same moment come one after the other.
    row = (
        await session.execute(ordered.where(Order.token == charge.reference).with_for_update(of=Order))
    ).one_or_none()
    if row is None:
        return None, Problem.UNKNOWN_ORDER
    order, buyer, link = row
    wrong = {
        Problem.UNKNOWN_ORDER: order.rail != charge.rail,
        Problem.WRONG_MODE: not charge.right_mode,
        Problem.WRONG_PAYER: charge.rail == STARS and charge.payer_id != buyer,
        Problem.WRONG_LINK: link != charge.link_id,
        Problem.WRONG_CURRENCY: order.currency != charge.currency,
        Problem.WRONG_ITEMS: not charge.one_pack,
        Problem.WRONG_AMOUNT: order.amount != charge.amount,
    }
    return order, next((problem for problem, is_so in wrong.items() if is_so), None)


async def _alone_with(session: AsyncSession, rail: str, charge_id: str) -> None:
    # A refund and the payment it is about may arrive at the same moment, neither seeing the other's row.
    await one_at_a_time(session, f"charge:{rail}:{charge_id}")


async def _locked(session: AsyncSession, payment_id: int) -> Payment:
    mine = select(Payment).where(Payment.id == payment_id).with_for_update()
    return (await session.execute(mine.execution_options(populate_existing=True))).scalar_one()


async def _tell(session: AsyncSession, payment: Payment, kind: str, key: str, facts: Mapping[str, object]) -> None:
    if payment.user_id is not None:
        payload = {"payment_id": payment.id, **facts}
        await outbox.put(session, key=f"{kind}:{key}", user_id=payment.user_id, kind=kind, payload=payload)


async def _tell_unmatched(session: AsyncSession, payment_id: int, order: Order | None, charge: Charge) -> None:
    """Whoever paid must not think that their money is gone. Of a charge with no known reference we know nobody."""
    user_id = order.user_id if order else None
    if charge.payer_id is not None:
        paid = select(User.id).where(User.telegram_id == charge.payer_id)
        user_id = (await session.execute(paid)).scalar_one_or_none()
    if user_id is not None and charge.right_mode:
        kind = "payment_unmatched"
        await outbox.put(
            session, key=f"{kind}:{payment_id}", user_id=user_id, kind=kind, payload={"payment_id": payment_id}
        )
