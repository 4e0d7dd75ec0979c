"""The ledger's operations. Each takes the session of the use case it is part of; none commits.

Whether there is enough is decided by the UPDATE itself (`balance >= amount` in its condition), never by reading first.
Locks are always taken in one order, a user's pockets first and the house's accounts last, so that no two use cases
wait for each other. A use case that moves credits of several people calls `lock` with all of them before anything else.

The statements are built once, over tables and not entities: each is sent so often that building it anew took most of a
transfer's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import BigInteger, CursorResult, String, Table, bindparam, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import NotEnoughCredits
from storage.clock import db_now
from storage.insert import insert_once
from storage.tables import Account, Hold, Transfer

AVAILABLE, HELD, DEBT = POCKETS = ("available", "held", "debt")
GRANTS, PURCHASES, REVENUE = "grants", "purchases", "revenue"

_accounts, _holds, _transfers = (cast("Table", one.__table__) for one in (Account, Hold, Transfer))
_house = _accounts.alias("house")
_HOUSE = select(_house.c.id).where(_house.c.user_id.is_(None), _house.c.kind == bindparam("house", type_=String))
_POCKETS = select(_accounts.c.id, _accounts.c.kind, _accounts.c.balance).order_by(_accounts.c.id)
_LOCK = _POCKETS.where(_accounts.c.user_id.in_(bindparam("users", expanding=True))).with_for_update()
_LOCK_ONE = (
    _POCKETS.add_columns(_HOUSE.scalar_subquery())
    .where(_accounts.c.user_id == bindparam("user", type_=BigInteger))
    .with_for_update()
)
_NEW_HOLD = insert(_holds).returning(_holds.c.id)
_RESOLVE = (
    update(_holds)
    .where(_holds.c.id == bindparam("hold"), _holds.c.state == "held")
    .values(state=bindparam("how"), resolved_at=db_now())
    .returning(_holds.c.user_id, _holds.c.amount)
)
_NEW_TRANSFER = {
    "sqlite": sqlite.insert(_transfers).on_conflict_do_nothing().returning(_transfers.c.id),
    "postgresql": postgresql.insert(_transfers).on_conflict_do_nothing().returning(_transfers.c.id),
}
_AMOUNT = bindparam("amount", type_=BigInteger)
_SOURCE, _TARGET = bindparam("source", type_=BigInteger), bindparam("target", type_=BigInteger)
_CHANGED = _accounts.c.balance + case((_accounts.c.id == _SOURCE, -_AMOUNT), else_=_AMOUNT)
# The sign of each account is also held by a CHECK; here it is what decides whether there is enough.
_MAY_GO_BELOW = _accounts.c.user_id.is_(None) | (_accounts.c.kind == DEBT)
_MOVE = (
    update(_accounts)
    .where(_accounts.c.id.in_((_SOURCE, _TARGET)), _MAY_GO_BELOW | (_CHANGED >= 0))
    .values(balance=_CHANGED)
)


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
    await session.execute(_LOCK, {"users": user_ids})


async def grant(session: AsyncSession, user_id: int, amount: int, *, kind: TransferKind, key: str) -> bool:
    """Give `amount` credits, once for `key`. Returns False if that had been done before."""
    return await credit(session, user_id, amount, source=GRANTS, kind=kind, key=key)


async def credit(
    session: AsyncSession, user_id: int, amount: int, *, source: str, kind: TransferKind, key: str
) -> bool:
    """Move `amount` credits from an account of the house to a user, once for `key`; what they owe is paid first.

    Returns False if that had been done before.
    """
    pockets = await _pockets(session, user_id, source)
    if not await _transfer(session, key, kind, user_id, pockets.house, pockets.available, amount):
        return False
    await _repay(session, user_id, pockets, amount, key)
    return True


async def claw_back(
    session: AsyncSession, user_id: int, amount: int, *, into: str, kind: TransferKind, key: str
) -> ClawedBack:
    """Take `amount` credits back: what is available now, and the rest as a debt that later credits pay first."""
    pockets = await _pockets(session, user_id, into)
    taken = min(amount, pockets.balance.available)
    if taken:
        await _transfer(session, key, kind, user_id, pockets.available, pockets.house, taken)
    if amount > taken:
        await _transfer(session, f"{key}:owed", kind, user_id, pockets.debt, pockets.house, amount - taken)
    return ClawedBack(taken, amount - taken)


async def hold(session: AsyncSession, user_id: int, amount: int) -> int:
    """Set `amount` credits aside and return the hold's id. Raises NotEnoughCredits."""
    pockets = await _pockets(session, user_id)
    held: int = (await session.execute(_NEW_HOLD, {"user_id": user_id, "amount": amount})).scalar_one()
    kind = TransferKind.HOLD
    await _transfer(session, f"hold:{held}", kind, user_id, pockets.available, pockets.held, amount, held)
    return held


async def capture(session: AsyncSession, hold_id: int, amount: int | None = None) -> None:
    """The work was delivered: `amount` of the held credits is ours (all of them where None), the rest goes back.

    Raises HoldAlreadyResolved.
    """
    user_id, held = await _resolve(session, hold_id, "captured")
    pockets = await _pockets(session, user_id, REVENUE)
    ours = held if amount is None else amount
    if ours < held:
        await _give_back(session, user_id, pockets, held - ours, hold_id)
    kind = TransferKind.GENERATION
    await _transfer(session, f"capture:{hold_id}", kind, user_id, pockets.held, pockets.house, ours, hold_id)


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
    """A user's accounts, by id, and what is in them while we have their locks; and the house's account asked for."""

    available: int
    held: int
    debt: int
    balance: Balance
    house: int


async def _pockets(session: AsyncSession, user_id: int, house: str = REVENUE) -> _Pockets:
    rows = (await session.execute(_LOCK_ONE, {"user": user_id, "house": house})).all()
    ids = {kind: id_ for id_, kind, _, _ in rows}
    has = {kind: amount for _, kind, amount, _ in rows}
    ours = rows[0][3] if rows and rows[0][3] is not None else await _open_house_account(session, house)
    return _Pockets(ids[AVAILABLE], ids[HELD], ids[DEBT], Balance(has[AVAILABLE], has[HELD], -has[DEBT]), ours)


async def _open_house_account(session: AsyncSession, kind: str) -> int:
    await insert_once(session, Account, user_id=None, kind=kind)
    return cast("int", (await session.execute(_HOUSE, {"house": kind})).scalar_one())


async def _resolve(session: AsyncSession, hold_id: int, state: str) -> tuple[int, int]:
    """Whose hold it was, and its amount."""
    resolved = (await session.execute(_RESOLVE, {"hold": hold_id, "how": state})).one_or_none()
    if resolved is None:
        raise HoldAlreadyResolved(f"hold {hold_id} cannot become {state}")
    return cast("int", resolved.user_id), cast("int", resolved.amount)


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
    row = {"key": key, "kind": kind, "user_id": user_id, "source_id": source, "target_id": target, "amount": amount}
    statement = _NEW_TRANSFER[session.get_bind().dialect.name]
    if (await session.execute(statement, row | {"hold_id": hold_id})).first() is None:
        return False
    moved = await session.execute(_MOVE, {"source": source, "target": target, "amount": amount})
    if cast("CursorResult[Any]", moved).rowcount < 2:  # one of the two accounts had not enough
        raise NotEnoughCredits(needed=amount, available=(await balance(session, user_id)).available)
    return True
