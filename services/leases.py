"""Named duties that one process at a time has: whoever holds the lease does the work."""

from __future__ import annotations

from sqlalchemy import or_, update

from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Lease


class Leases:
    def __init__(self, db: Database, owner: str) -> None:
        self._db = db
        self._owner = owner

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew the duty `name` for so many seconds. False: somebody else has it."""
        async with self._db.transaction() as session:
            await insert_once(session, Lease, name=name, owner=self._owner, until=now_plus(seconds))
            mine_or_free = or_(Lease.owner == self._owner, Lease.until < db_now())
            taken = await session.execute(
                update(Lease).where(Lease.name == name, mine_or_free).values(owner=self._owner, until=now_plus(seconds))
            )
            return changed_one(taken)

    async def let_go(self, name: str) -> None:
        async with self._db.transaction() as session:
            await session.execute(
                update(Lease).where(Lease.name == name, Lease.owner == self._owner).values(until=now_plus(-1.0))
            )
