"""The ledger's operations. Each takes the session of the use case it is part of; none commits.

Whether there is enough is decided by the UPDATE itself (`balance >= amount` in its condition), never by reading first.
Locks are always taken in one order, a user's pockets first and the house's accounts last, so that no two use cases
wait for each other. A use case that moves credits of several people calls `lock` with all of them before anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import NotEnoughCredits
from storage.clock import db_now
from storage.insert import changed_one, insert_once
from storage.tables import Account, Hold, Transfer

AVAILABLE, HELD, DEBT = POCKETS = ("available", "held", "debt")
GRANTS, PURCHASES, REVENUE = "grants", "purchases", "revenue"


class TransferKind(StrEnum):
    SIGNUP = "signup"
    PURCHASE = "purchase"
    REFERRAL = "referral"
    SHARE = "share"
    PROMO = "promo"
    ADMIN = "admin"
    REFUND = "refund"
    DISPUTE = "dispute"
    GENERATION = "generation"  # a captured hold
    # These three move credits between a user's own pockets.
    HOLD = "hold"
    RELEASE = "release"
    REPAYMENT = "repayment"  # of what they owed


class HoldAlreadyResolved(Exception):
    """A second capture or release: a fault of ours, stopped before any credit moves."""


@dataclass(frozen=True, slots=True)
class Balance:
    """In credits, none of them below 0. Who owes has nothing available."""

    available: int
    held: int
    debt: int = 0


@dataclass(frozen=True, slots=True)
class ClawedBack:
    """What a clawback took from a user, and what they owe for the rest, in credits."""

    taken: int
    owed: int


async def open_accounts(session: AsyncSession, user_id: int) -> None:
    for kind in POCKETS:
        await insert_once(session, Account, user_id=user_id, kind=kind)


async def lock(session: AsyncSession, *user_ids: int) -> None:
    """Take the locks of several people's pockets at once, in the one order that cannot end in a standstill."""
    await _locked(session, *user_ids)


async def grant(session: AsyncSession, user_id: int, amount: int, *, kind: TransferKind, key: str) -> bool:
    """Give `amount` credits, once for `key`. Returns False if that had been done before."""
    return await credit(session, user_id, amount, source=GRANTS, kind=kind, key=key)


async def credit(
    session: AsyncSession, user_id: int, amount: int, *, source: str, kind: TransferKind, key: str
) -> bool:
    """Move `amount` credits from an account of the house to a user, once for `key`; what they owe is paid first.

    Returns False if that had been done before.
    """
    pockets = await _pockets(session, user_id)
    house = await _house_account(session, source)
    if not await _transfer(session, key, kind, user_id, house, pockets.available, amount):
        return False
    await _repay(session, user_id, pockets, amount, key)
    return True


async def claw_back(
    session: AsyncSession, user_id: int, amount: int, *, into: str, kind: TransferKind, key: str
) -> ClawedBack:
    """Take `amount` credits back: what is available now, and the rest as a debt that later credits pay first."""
    pockets = await _pockets(session, user_id)
    house = await _house_account(session, into)
    taken = min(amount, pockets.balance.available)
    if taken:
        await _transfer(session, key, kind, user_id, pockets.available, house, taken)
    if amount > taken:
        await _transfer(session, f"{key}:owed", kind, user_id, pockets.debt, house, amount - taken)
    return ClawedBack(taken, amount - taken)


async def hold(session: AsyncSession, user_id: int, amount: int) -> int:
    """Set `amount` credits aside and return the hold's id. Raises NotEnoughCredits."""
    pockets = await _pockets(session, user_id)
    made = await session.execute(insert(Hold).values(user_id=user_id, amount=amount).returning(Hold.id))
    held = made.scalar_one()
    kind = TransferKind.HOLD
    await _transfer(session, f"hold:{held}", kind, user_id, pockets.available, pockets.held, amount, held)
    return held


async def capture(session: AsyncSession, hold_id: int, amount: int | None = None) -> None:
    """The work was delivered: `amount` of the held credits is ours (all of them where None), the rest goes back.

    Raises HoldAlreadyResolved.
    """
    user_id, held = await _resolve(session, hold_id, "captured")
    pockets = await _pockets(session, user_id)
    ours = held if amount is None else amount
    if ours < held:
        await _give_back(session, user_id, pockets, held - ours, hold_id)
    house = await _house_account(session, REVENUE)
    kind = TransferKind.GENERATION
    await _transfer(session, f"capture:{hold_id}", kind, user_id, pockets.held, house, ours, hold_id)


async def release(session: AsyncSession, hold_id: int) -> None:
    """The work was not delivered: the held credits go back. Raises HoldAlreadyResolved."""
    user_id, amount = await _resolve(session, hold_id, "released")
    await _give_back(session, user_id, await _pockets(session, user_id), amount, hold_id)


async def balance(session: AsyncSession, user_id: int) -> Balance:
    rows = await session.execute(select(Account.kind, Account.balance).where(Account.user_id == user_id))
    by_kind = dict(rows.all())
    return Balance(by_kind.get(AVAILABLE, 0), by_kind.get(HELD, 0), -by_kind.get(DEBT, 0))


@dataclass(frozen=True, slots=True)
class _Pockets:
    """A user's accounts, by id, and what is in them while we have their locks."""

    available: int
    held: int
    debt: int
    balance: Balance


async def _pockets(session: AsyncSession, user_id: int) -> _Pockets:
    rows = await _locked(session, user_id)
    ids = {kind: id_ for id_, kind, _ in rows}
    has = {kind: amount for _, kind, amount in rows}
    return _Pockets(ids[AVAILABLE], ids[HELD], ids[DEBT], Balance(has[AVAILABLE], has[HELD], -has[DEBT]))


async def _locked(session: AsyncSession, *user_ids: int) -> list[tuple[int, str, int]]:
    theirs = select(Account.id, Account.kind, Account.balance).where(Account.user_id.in_(user_ids))
    rows = await session.execute(theirs.order_by(Account.id).with_for_update())
    return [(id_, kind, amount) for id_, kind, amount in rows]


async def _house_account(session: AsyncSession, kind: str) -> int:
    ours = select(Account.id).where(Account.user_id.is_(None), Account.kind == kind)
    found = (await session.execute(ours)).scalar_one_or_none()
    if found is None:
        await insert_once(session, Account, user_id=None, kind=kind)
        found = (await session.execute(ours)).scalar_one()
    return found


async def _resolve(session: AsyncSession, hold_id: int, state: str) -> tuple[int, int]:
    """Whose hold it was, and its amount."""
    decided = await session.execute(
        update(Hold)
        .where(Hold.id == hold_id, Hold.state == "held")
        .values(state=state, resolved_at=db_now())
        .returning(Hold.user_id, Hold.amount)
        .execution_options(synchronize_session=False)
    )
    resolved = decided.one_or_none()
    if resolved is None:
        raise HoldAlreadyResolved(f"hold {hold_id} cannot become {state}")
    return resolved.user_id, resolved.amount


async def _give_back(session: AsyncSession, user_id: int, pockets: _Pockets, amount: int, hold_id: int) -> None:
    key, kind = f"release:{hold_id}", TransferKind.RELEASE
    await _transfer(session, key, kind, user_id, pockets.held, pockets.available, amount, hold_id)
    await _repay(session, user_id, pockets, amount, key)


async def _repay(session: AsyncSession, user_id: int, pockets: _Pockets, income: int, key: str) -> None:
    """Let what just became available pay what is owed."""
    part = min(income, pockets.balance.debt)
    if part:
        kind = TransferKind.REPAYMENT
        await _transfer(session, f"{key}:repay", kind, user_id, pockets.available, pockets.debt, part)


async def _transfer(
    session: AsyncSession,
    key: str,
    kind: TransferKind,
    user_id: int,
    source: int,
    target: int,
    amount: int,
    hold_id: int | None = None,
) -> bool:
    made = await insert_once(
        session,
        Transfer,
        key=key,
        kind=kind,
        user_id=user_id,
        source_id=source,
        target_id=target,
        amount=amount,
        hold_id=hold_id,
    )
    if made is None:
        return False
    for account, change in ((source, -amount), (target, amount)):
        may = Account.user_id.is_(None) | (Account.kind == DEBT) | (Account.balance + change >= 0)
        moved = (
            update(Account)
            .where(Account.id == account, may)
            .values(balance=Account.balance + change)
            .execution_options(synchronize_session=False)
        )
        if not changed_one(await session.execute(moved)):
            raise NotEnoughCredits(needed=amount, available=(await balance(session, user_id)).available)
    return True
