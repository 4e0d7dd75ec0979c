"""What a user sees of their credits: the balance, and a history read from the transfers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services import ledger
from services.ledger import TransferKind
from storage.database import Database
from storage.tables import Account, Transfer

PAGE = 8
BETWEEN_OWN_POCKETS = (TransferKind.HOLD, TransferKind.RELEASE, TransferKind.REPAYMENT)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a user's history. `amount` is signed, in credits, as seen from their pocket."""

    kind: str
    amount: int
    at: datetime
    owed: bool = False
    """It could not be taken from them, and became a debt."""


@dataclass(frozen=True, slots=True)
class Statement:
    balance: ledger.Balance
    entries: list[Entry]
    page: int
    pages: int


class Wallet:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def statement(self, user_id: int, page: int = 0) -> Statement:
        """A page of the history, newest first; a page past the end is the last one."""
        async with self._db.reading() as session:
            total = await _lines(session, user_id)
            pages = max(1, -(-total // PAGE))
            page = min(max(page, 0), pages - 1)
            entries = await history(session, user_id, limit=PAGE, offset=page * PAGE)
            return Statement(await ledger.balance(session, user_id), entries, page, pages)

    async def balance(self, user_id: int) -> ledger.Balance:
        async with self._db.reading() as session:
            return await ledger.balance(session, user_id)


async def _lines(session: AsyncSession, user_id: int) -> int:
    mine = (Transfer.user_id == user_id) & Transfer.kind.not_in(BETWEEN_OWN_POCKETS)
    return (await session.execute(select(func.count()).select_from(Transfer).where(mine))).scalar_one()


async def history(session: AsyncSession, user_id: int, *, limit: int | None, offset: int) -> list[Entry]:
    """Newest first; without `limit` all of it."""
    source, target = aliased(Account), aliased(Account)
    rows = await session.execute(
        select(Transfer.kind, Transfer.amount, Transfer.created_at, target.user_id, source.kind)
        .join(source, source.id == Transfer.source_id)
        .join(target, target.id == Transfer.target_id)
        .where(Transfer.user_id == user_id, Transfer.kind.not_in(BETWEEN_OWN_POCKETS))
        .order_by(Transfer.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        Entry(kind, amount if owner == user_id else -amount, at, owed=pocket == ledger.DEBT)
        for kind, amount, at, owner, pocket in rows
    ]
