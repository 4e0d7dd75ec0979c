"""Named duties that one process at a time has: whoever holds the lease does the work."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Float, Table, bindparam, or_, update

from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Lease

_leases = cast("Table", Lease.__table__)
_HOLD = (
    update(_leases)
    .where(
        _leases.c.name == bindparam("duty"),
        or_(_leases.c.owner == bindparam("whose"), _leases.c.until < db_now()),
    )
    .values(owner=bindparam("whose"), until=now_plus(bindparam("seconds", type_=Float)))
)


class Leases:
    def __init__(self, db: Database, owner: str) -> None:
        self._db = db
        self._owner = owner

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or renew the duty `name` for so many seconds. False: somebody else has it."""
        mine = {"duty": name, "whose": self._owner, "seconds": seconds}
        async with self._db.transaction() as session:
            if changed_one(await session.execute(_HOLD, mine)):
                return True
            until = now_plus(seconds)
            return await insert_once(session, Lease, name=name, owner=self._owner, until=until) is not None

    async def let_go(self, name: str) -> None:
        async with self._db.transaction() as session:
            await session.execute(
                update(Lease).where(Lease.name == name, Lease.owner == self._owner).values(until=now_plus(-1.0))
            )
