"""How a message to many reaches each once, whoever dies meanwhile.

A row goes waiting → sending, which is committed, then Telegram is asked, then it is written down what came of it. So
whoever dies between two commits leaves a few rows in `sending`, and of those nobody knows whether the message arrived:
the death may have come before the request or after the answer. Sending again would reach some twice, not sending would
miss others. But it can be found out. An account's messages in private chats are numbered by one counter, whoever they
are from or for (as MTProto clients document of their message ids), so the message in question can only have a number
between the newest one known when it was sent, which its row keeps, and that of a message sent afterwards. Those few
are tried (worker.broadcast_duty): the one that refuses to be given the very keyboard it has is ours. Where none is,
nothing arrived, and the row waits again. Where the numbers are too many to try, or one of them cannot be told, the row
is `unsure` and left alone: at most once goes before at least once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import ColumnElement, Table, bindparam, case, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.broadcasts.audience import reachable
from services.broadcasts.broadcasts import RECALL_SECONDS
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Broadcast, BroadcastRecipient, User

Outcome = Literal["sent", "blocked", "failed", "unsure", "waiting", "sending"]
_rows = cast("Table", BroadcastRecipient.__table__)
_SETTLE = (
    update(_rows)
    .where(
        _rows.c.broadcast_id == bindparam("broadcast"),
        _rows.c.user_id == bindparam("person"),
        _rows.c.state == "sending",
    )
    .values(
        state=bindparam("outcome"),
        message_id=bindparam("message"),
        sent_at=case((bindparam("outcome") == "sent", db_now()), else_=None),
    )
)


@dataclass(frozen=True, slots=True)
class Recipient:
    user_id: int
    telegram_id: int
    language: str
    message_id: int | None
    """Of their message; while nobody knows it, the newest one known before: theirs is after it."""


@dataclass(frozen=True, slots=True)
class Batch:
    people: list[Recipient]
    after: int | None
    """The last one looked at; None: nobody waits behind that, or it was stopped."""


@dataclass(frozen=True, slots=True)
class Result:
    """`waiting`: it surely did not go out; `sending`: nobody knows."""

    user_id: int
    outcome: Outcome
    message_id: int | None = None


class Sending:
    """What the one process does that has the duty. Nothing else moves the rows."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def current(self) -> Broadcast | None:
        """What there is to do, the oldest first."""
        query = select(Broadcast).where(Broadcast.state.in_(("sending", "recalling")))
        async with self._db.reading() as session:
            return await session.scalar(query.order_by(Broadcast.id).limit(1))

    async def claim(self, broadcast_id: int, *, after: int, newest: int | None, most: int) -> Batch:
        """The next few, marked as being written to. Who blocked us or wants no news since is passed over."""
        async with self._db.transaction() as session:
            broadcast = await session.get_one(Broadcast, broadcast_id, with_for_update=True)  # a stop waits for it
            if broadcast.state != "sending":
                return Batch([], None)
            waiting = (_rows.c.broadcast_id == broadcast_id) & (_rows.c.state == "waiting") & (_rows.c.user_id > after)
            query = select(User.id, User.telegram_id, User.language, reachable()).join(
                _rows, _rows.c.user_id == User.id
            )
            found = (await session.execute(query.where(waiting).order_by(_rows.c.user_id).limit(most))).all()
            if not found:
                return Batch([], None)
            await _take(session, broadcast_id, [one[0] for one in found if one[3]], newest)
            gone = [one[0] for one in found if not one[3]]
            if gone:
                await session.execute(delete(_rows).where(waiting, _rows.c.user_id.in_(gone)))
            return Batch([Recipient(*one[:3], newest) for one in found if one[3]], found[-1][0])

    async def settle(self, broadcast_id: int, results: Sequence[Result]) -> None:
        """What came of it. Whoever blocked us gets nothing else either."""
        known = [one for one in results if one.outcome != "sending"]
        if not known:
            return
        async with self._db.transaction() as session:
            values = [
                {
                    "broadcast": broadcast_id,
                    "person": one.user_id,
                    "outcome": one.outcome,
                    "message": one.message_id,
                }
                for one in known
            ]
            await (await session.connection()).execute(_SETTLE, values)
            gone = [one.user_id for one in known if one.outcome == "blocked"]
            if gone:
                await session.execute(update(User).where(User.id.in_(gone)).values(unreachable_at=db_now()))

    async def unsettled(self, broadcast_id: int) -> list[Recipient]:
        """Of whom nobody knows. To be asked while nobody is being written to."""
        mine = (_rows.c.broadcast_id == broadcast_id) & (_rows.c.state == "sending")
        return await self._people(mine, after=0, most=None)

    async def recallable(self, broadcast_id: int, *, after: int, most: int) -> list[Recipient]:
        """Whose message can still be deleted."""
        mine = (_rows.c.broadcast_id == broadcast_id) & (_rows.c.state == "sent") & _rows.c.message_id.is_not(None)
        return await self._people(mine & (_rows.c.sent_at > now_plus(-RECALL_SECONDS)), after=after, most=most)

    async def recalled(self, broadcast_id: int, user_ids: Sequence[int]) -> None:
        async with self._db.transaction() as session:
            mine = (_rows.c.broadcast_id == broadcast_id) & _rows.c.user_id.in_(user_ids) & (_rows.c.state == "sent")
            await session.execute(update(_rows).where(mine).values(state="recalled"))

    async def finish(self, broadcast_id: int) -> bool:
        """It is through, or taken back. False: somebody still waits, or it was stopped."""
        open_ = _rows.c.state.in_(("waiting", "sending"))
        left = select(_rows.c.user_id).where(_rows.c.broadcast_id == broadcast_id, open_).exists()
        ending = or_(Broadcast.state == "recalling", (Broadcast.state == "sending") & ~left)
        state = case((Broadcast.state == "recalling", "recalled"), else_="done")
        async with self._db.transaction() as session:
            mine = update(Broadcast).where(Broadcast.id == broadcast_id, ending)
            return changed_one(await session.execute(mine.values(state=state, finished_at=db_now())))

    async def _people(self, which: ColumnElement[bool], *, after: int, most: int | None) -> list[Recipient]:
        query = select(User.id, User.telegram_id, User.language, _rows.c.message_id).join(
            _rows, _rows.c.user_id == User.id
        )
        query = query.where(which, _rows.c.user_id > after).order_by(_rows.c.user_id).limit(most)
        async with self._db.reading() as session:
            return [Recipient(*one) for one in (await session.execute(query))]


async def _take(session: AsyncSession, broadcast_id: int, people: list[int], newest: int | None) -> None:
    if people:
        mine = (_rows.c.broadcast_id == broadcast_id) & _rows.c.user_id.in_(people) & (_rows.c.state == "waiting")
        taken = update(_rows).where(mine).values(state="sending", attempts=_rows.c.attempts + 1, message_id=newest)
        await session.execute(taken)
