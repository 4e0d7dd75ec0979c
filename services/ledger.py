"""The ledger's operations. Each takes the session of the use case it is part of; none commits.

Whether there is enough is decided by the UPDATE itself (`balance >= amount` in its condition), never by reading first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import NotEnoughCredits
from storage.clock import db_now
from storage.insert import changed_one, insert_once
from storage.tables import Account, Hold, Transfer

AVAILABLE, HELD = "available", "held"
GRANTS, PURCHASES, REVENUE = "grants", "purchases", "revenue"


class TransferKind(StrEnum):
    SIGNUP = "signup"
    HOLD = "hold"
    RELEASE = "release"
    GENERATION = "generation"  # a captured hold


class HoldAlreadyResolved(Exception):
    """A second capture or release: a fault of ours, stopped before any credit moves."""


@dataclass(frozen=True, slots=True)
class Balance:
    available: int
    held: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a user's history. `amount` is signed, in credits, as seen from their pocket."""

    kind: str
    amount: int
    at: datetime


async def open_accounts(session: AsyncSession, user_id: int) -> None:
    for kind in (AVAILABLE, HELD):
        await insert_once(session, Account, user_id=user_id, kind=kind)


async def grant(session: AsyncSession, user_id: int, amount: int, *, kind: TransferKind, key: str) -> bool:
    """Give `amount` credits, once for `key`. Returns False if that had been done before."""
    source = await _system_account(session, GRANTS)
    target = await _user_account(session, user_id, AVAILABLE)
    return await _transfer(session, key, kind, user_id, source, target, amount)


async def hold(session: AsyncSession, user_id: int, amount: int) -> int:
    """Set `amount` credits aside and return the hold's id. Raises NotEnoughCredits."""
    held = Hold(user_id=user_id, amount=amount)
    session.add(held)
    await session.flush()
    source = await _user_account(session, user_id, AVAILABLE)
    target = await _user_account(session, user_id, HELD)
    await _transfer(session, f"hold:{held.id}", TransferKind.HOLD, user_id, source, target, amount, held.id)
    return held.id


async def capture(session: AsyncSession, hold_id: int) -> None:
    """The work was delivered: the held credits are ours. Raises HoldAlreadyResolved."""
    held = await _resolve(session, hold_id, "captured")
    source = await _user_account(session, held.user_id, HELD)
    target = await _system_account(session, REVENUE)
    await _transfer(
        session, f"capture:{hold_id}", TransferKind.GENERATION, held.user_id, source, target, held.amount, hold_id
    )


async def release(session: AsyncSession, hold_id: int) -> None:
    """The work was not delivered: the held credits go back. Raises HoldAlreadyResolved."""
    held = await _resolve(session, hold_id, "released")
    source = await _user_account(session, held.user_id, HELD)
    target = await _user_account(session, held.user_id, AVAILABLE)
    await _transfer(
        session, f"release:{hold_id}", TransferKind.RELEASE, held.user_id, source, target, held.amount, hold_id
    )


async def balance(session: AsyncSession, user_id: int) -> Balance:
    rows = await session.execute(select(Account.kind, Account.balance).where(Account.user_id == user_id))
    by_kind = dict(rows.all())
    return Balance(by_kind.get(AVAILABLE, 0), by_kind.get(HELD, 0))


async def history(session: AsyncSession, user_id: int, *, limit: int, offset: int = 0) -> tuple[list[Entry], int]:
    """A page of what came and went, newest first, and how many lines there are.

    Holds and releases only move credits between a user's own two pockets, so they are not lines of it.
    """
    mine = (Transfer.user_id == user_id) & Transfer.kind.not_in([TransferKind.HOLD, TransferKind.RELEASE])
    total = (await session.execute(select(func.count()).select_from(Transfer).where(mine))).scalar_one()
    rows = await session.execute(
        select(Transfer.kind, Transfer.amount, Transfer.created_at, Account.user_id)
        .join(Account, Account.id == Transfer.target_id)
        .where(mine)
        .order_by(Transfer.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Entry(kind, amount if owner == user_id else -amount, at) for kind, amount, at, owner in rows], total


async def _resolve(session: AsyncSession, hold_id: int, state: str) -> Hold:
    decided = await session.execute(
        update(Hold).where(Hold.id == hold_id, Hold.state == "held").values(state=state, resolved_at=db_now())
    )
    if not changed_one(decided):
        raise HoldAlreadyResolved(f"hold {hold_id} cannot become {state}")
    return (await session.execute(select(Hold).where(Hold.id == hold_id))).scalar_one()


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
    # In the order of their ids: a hold and a release of the same user, each waiting for the pocket the other has
    # locked, would wait for ever.
    for account, change in sorted([(source, -amount), (target, amount)]):
        enough = Account.user_id.is_(None) | (Account.balance + change >= 0)
        moved = update(Account).where(Account.id == account, enough).values(balance=Account.balance + change)
        if not changed_one(await session.execute(moved)):
            raise NotEnoughCredits(needed=amount, available=(await balance(session, user_id)).available)
    return True


async def _user_account(session: AsyncSession, user_id: int, kind: str) -> int:
    found = await session.execute(select(Account.id).where(Account.user_id == user_id, Account.kind == kind))
    return found.scalar_one()


async def _system_account(session: AsyncSession, kind: str) -> int:
    mine = select(Account.id).where(Account.user_id.is_(None), Account.kind == kind)
    found = (await session.execute(mine)).scalar_one_or_none()
    if found is None:
        await insert_once(session, Account, user_id=None, kind=kind)
        found = (await session.execute(mine)).scalar_one()
    return found
