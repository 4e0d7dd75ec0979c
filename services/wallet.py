"""What a user sees of their credits."""

from __future__ import annotations

from dataclasses import dataclass

from services import ledger
from storage.database import Database

PAGE = 8


@dataclass(frozen=True, slots=True)
class Statement:
    balance: ledger.Balance
    entries: list[ledger.Entry]
    page: int
    pages: int


class Wallet:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def statement(self, user_id: int, page: int = 0) -> Statement:
        """A page of the history, newest first; a page past the end is the last one."""
        async with self._db.reading() as session:
            _, total = await ledger.history(session, user_id, limit=0)
            pages = max(1, -(-total // PAGE))
            page = min(max(page, 0), pages - 1)
            entries, _ = await ledger.history(session, user_id, limit=PAGE, offset=page * PAGE)
            return Statement(await ledger.balance(session, user_id), entries, page, pages)
