"""Messages that must not be lost.

`put` is part of the transaction whose change the message tells of. A worker claims what is due, sends it, and marks it:
at least once, and at most one repetition for each crash between sending and marking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import structlog
from sqlalchemy import Integer, Row, Table, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Outgoing

LEASE_SECONDS = 60.0
MAX_ATTEMPTS = 12
"""With the back-off below, about an hour of trying."""

# Built once, over the table: the pump asks several times a second, and building them took longer than answering.
_outbox = cast("Table", Outgoing.__table__)
_under_way = select(_outbox.c.user_id).where(_outbox.c.state == "waiting", _outbox.c.lease_until >= db_now())
_ready = (_outbox.c.state == "waiting") & (_outbox.c.due_at <= db_now()) & _outbox.c.user_id.not_in(_under_way)
_DUE = (
    select(*(_outbox.c[name] for name in ("id", "user_id", "kind", "payload", "attempts", "fence", "correlation_id")))
    .where(_outbox.c.id.in_(select(func.min(_outbox.c.id)).where(_ready).group_by(_outbox.c.user_id)))
    .order_by(_outbox.c.id)
    .limit(bindparam("most", type_=Integer))
)
"""The first message of each user that is due, unless one of theirs is under way."""
_TAKE = (
    update(_outbox)
    .where(_outbox.c.id == bindparam("message"), _outbox.c.fence == bindparam("seen"), _outbox.c.state == "waiting")
    .values(fence=_outbox.c.fence + 1, lease_until=now_plus(LEASE_SECONDS))
)


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message. `fence` proves that the claim is still ours when it is marked."""

    id: int
    user_id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    fence: int
    correlation_id: str | None


async def put(
    session: AsyncSession, *, key: str, user_id: int, kind: str, payload: dict[str, Any], delay_s: float = 0.0
) -> None:
    """Write a message once for `key`, as part of a use case. It goes out after the commit."""
    await insert_once(
        session,
        Outgoing,
        key=key,
        user_id=user_id,
        kind=kind,
        payload=payload,
        due_at=now_plus(delay_s),
        correlation_id=structlog.contextvars.get_contextvars().get("cid"),
    )


async def put_latest(
    session: AsyncSession, *, key: str, user_id: int, kind: str, payload: dict[str, Any], delay_s: float
) -> None:
    """Like `put`, but each call starts the wait anew and sends again what was sent: for views that gather."""
    await put(session, key=key, user_id=user_id, kind=kind, payload=payload, delay_s=delay_s)
    await session.execute(
        update(Outgoing)
        .where(Outgoing.key == key)
        .values(
            state="waiting",
            due_at=now_plus(delay_s),
            payload=payload,
            attempts=0,
            # Whoever is sending the earlier one marks nothing any more, and does not keep this one waiting.
            fence=Outgoing.fence + 1,
            lease_until=None,
        )
    )


async def put_after_all(session: AsyncSession, *, key: str, user_id: int, kind: str, payload: dict[str, Any]) -> None:
    """Like `put`, but what was given up goes out now. What waits, is under way or was sent is left as it is."""
    await put(session, key=key, user_id=user_id, kind=kind, payload=payload)
    await session.execute(
        update(Outgoing)
        .where(Outgoing.key == key, Outgoing.state == "given_up")
        .values(state="waiting", due_at=db_now(), attempts=0, lease_until=None)
    )


class Outbox:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(self, limit: int = 20) -> list[Message]:
        """Take what is due, oldest first, and only one message of a user at a time, so that their order holds."""
        if not await self._anything_due():
            return []
        async with self._db.transaction() as session:
            due = (await session.execute(_DUE, {"most": limit})).all()
            return [_message(row) for row in due if await _take(session, row)]

    async def mark_sent(self, message: Message) -> None:
        await self._settle(message, state="sent", sent_at=db_now())

    async def give_up(self, message: Message) -> None:
        """It can never be delivered (the user blocked the bot, say)."""
        await self._settle(message, state="given_up")

    async def postpone(self, message: Message, seconds: float) -> None:
        """Try again later; after MAX_ATTEMPTS it is given up."""
        if message.attempts + 1 >= MAX_ATTEMPTS:
            return await self.give_up(message)
        return await self._settle(message, attempts=message.attempts + 1, due_at=now_plus(seconds), lease_until=None)

    async def forget_settled(self, older_than_days: int) -> None:
        """Drop messages that are long sent or given up."""
        async with self._db.transaction() as session:
            old = Outgoing.created_at < now_plus(-86_400.0 * older_than_days)
            await session.execute(delete(Outgoing).where(old, Outgoing.state != "waiting"))

    async def _anything_due(self) -> bool:
        # Looking takes no writer lock; the pump looks several times a second.
        async with self._db.reading() as session:
            return (await session.execute(_DUE, {"most": 1})).first() is not None

    async def _settle(self, message: Message, **values: Any) -> None:
        async with self._db.transaction() as session:
            mine = (_outbox.c.id == message.id) & (_outbox.c.fence == message.fence)
            await session.execute(update(_outbox).where(mine).values(**values))


async def _take(session: AsyncSession, row: Row[Any]) -> bool:
    return changed_one(await session.execute(_TAKE, {"message": row.id, "seen": row.fence}))


def _message(row: Row[Any]) -> Message:
    return Message(row.id, row.user_id, row.kind, row.payload, row.attempts, row.fence + 1, row.correlation_id)
