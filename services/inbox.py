"""What the outside told us: stored before it is acknowledged, handled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Incoming

LEASE_SECONDS = 120.0
MAX_ATTEMPTS = 4
"""An update that fails this often is put aside, so that it cannot hold its sender up for ever."""
ASKED_AT_ONCE = 500
"""How many ids one query names; SQLite's own limit was 999 for long."""


@dataclass(frozen=True, slots=True)
class Received:
    id: int
    body: dict[str, Any]


class Inbox:
    def __init__(self, db: Database, source: str) -> None:
        self._db = db
        self._source = source

    async def store(self, items: dict[str, dict[str, Any]]) -> list[Received]:
        """Keep what is new of `items` (external id to body) and claim it; what is known already is left out.

        When this returns, what was stored is durable and may be acknowledged.
        """
        async with self._db.transaction() as session:
            fresh = []
            for external_id, body in items.items():
                made = await insert_once(
                    session,
                    Incoming,
                    source=self._source,
                    external_id=external_id,
                    body=body,
                    attempts=1,
                    lease_until=now_plus(LEASE_SECONDS),
                )
                if made is not None:
                    fresh.append(Received(made, body))
            return fresh

    async def abandoned(self, limit: int = 50) -> list[Received]:
        """Claim what was stored but whose handler died or failed, oldest first."""
        async with self._db.transaction() as session:
            free = or_(Incoming.lease_until.is_(None), Incoming.lease_until < db_now())
            open_ = (
                (Incoming.source == self._source) & Incoming.handled_at.is_(None) & (Incoming.attempts < MAX_ATTEMPTS)
            )
            rows = (await session.execute(select(Incoming).where(open_, free).order_by(Incoming.id).limit(limit))).all()
            taken = []
            for (row,) in rows:
                claim = (
                    update(Incoming)
                    .where(Incoming.id == row.id, Incoming.attempts == row.attempts)
                    .values(attempts=row.attempts + 1, lease_until=now_plus(LEASE_SECONDS))
                    .execution_options(synchronize_session=False)
                )
                if changed_one(await session.execute(claim)):
                    taken.append(Received(row.id, row.body))
            return taken

    async def put_aside(self, limit: int = 50) -> list[Received]:
        """What failed too often, oldest first, for whoever will try once more."""
        async with self._db.reading() as session:
            failed = (Incoming.attempts >= MAX_ATTEMPTS) & Incoming.handled_at.is_(None)
            free = or_(Incoming.lease_until.is_(None), Incoming.lease_until < db_now())
            mine = select(Incoming).where(Incoming.source == self._source, failed, free)
            rows = (await session.execute(mine.order_by(Incoming.id).limit(limit))).scalars()
            return [Received(row.id, row.body) for row in rows]

    async def known(self, external_ids: Sequence[str]) -> set[str]:
        """Which of these were stored before: a look without the writer's lock."""
        found: set[str] = set()
        async with self._db.reading() as session:
            for start in range(0, len(external_ids), ASKED_AT_ONCE):
                some = Incoming.external_id.in_(external_ids[start : start + ASKED_AT_ONCE])
                ids = select(Incoming.external_id).where(Incoming.source == self._source, some)
                found.update((await session.execute(ids)).scalars())
        return found

    async def postpone(self, received_id: int, seconds: float) -> None:
        """Leave it for later; the attempt does not count, as it failed through no fault of what was received."""
        async with self._db.transaction() as session:
            later = {
                "lease_until": now_plus(seconds),
                "attempts": case((Incoming.attempts > 0, Incoming.attempts - 1), else_=0),
            }
            await session.execute(update(Incoming).where(Incoming.id == received_id).values(**later))

    async def forget_handled(self, older_than_days: int) -> None:
        """Drop what is long handled; it must outlive every redelivery (Telegram's: a day, Stripe's: three)."""
        async with self._db.transaction() as session:
            old = (Incoming.source == self._source) & (Incoming.received_at < now_plus(-86_400.0 * older_than_days))
            await session.execute(delete(Incoming).where(old, Incoming.handled_at.is_not(None)))

    async def mark_handled(self, received_id: int) -> None:
        async with self._db.transaction() as session:
            await handled(session, received_id)


async def handled(session: AsyncSession, received_id: int) -> None:
    """Done with it: in the transaction of its effect, where it has one."""
    await session.execute(update(Incoming).where(Incoming.id == received_id).values(handled_at=db_now()))
