"""A message to many, as staff sees it: written, aimed, begun, stopped, taken back.

Whoever is to get it is written down in the transaction that begins it, a row each. From then on the worker has it
(services.broadcasts.sending), and it takes no more than a state to stop it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, cast

from sqlalchemy import CursorResult, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.broadcasts.audience import Audience, meant
from services.dialogue import Expectation, expect
from services.errors import AlreadyDone, NotYours
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Broadcast, BroadcastRecipient, User

RECALL_SECONDS: Final = 48 * 3600.0
"""How long a bot may delete what it sent (Bot API, deleteMessage)."""
LISTED: Final = 5

Medium = Literal["text", "photo", "video"]


@dataclass(frozen=True, slots=True)
class Content:
    medium: Medium
    text: str
    """In Telegram's HTML; of a photo or video its caption, which may be empty."""
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of its people are where."""

    waiting: int = 0
    sending: int = 0
    sent: int = 0
    blocked: int = 0
    failed: int = 0
    unsure: int = 0
    recalled: int = 0
    recallable: int = 0
    """Of those sent: young enough to be deleted."""

    @property
    def people(self) -> int:
        return self.waiting + self.sending + self.sent + self.blocked + self.failed + self.unsure + self.recalled


@dataclass(frozen=True, slots=True)
class BroadcastView:
    broadcast: Broadcast
    audience: Audience
    people: int
    """Who would get it now; once it was begun, who was to get it then."""
    tally: Tally


class Broadcasts:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def expect(self, actor: Actor) -> None:
        """What they write or send next is what many will get."""
        async with self._db.transaction() as session:
            await expect(session, actor.user_id, Expectation("broadcast", 0))

    async def draft(self, actor: Actor, content: Content) -> BroadcastView:
        async with self._db.transaction() as session:
            made = Broadcast(author_id=actor.user_id, audience=asdict(Audience()), **asdict(content))
            session.add(made)
            await expect(session, actor.user_id, None)
            await session.flush()
            return await _view(session, made)

    async def view(self, broadcast_id: int) -> BroadcastView:
        """Raises NotYours."""
        async with self._db.reading() as session:
            return await _view(session, await _get(session, broadcast_id))

    async def listed(self) -> list[BroadcastView]:
        """The last few that were begun, newest first."""
        async with self._db.reading() as session:
            begun = select(Broadcast).where(Broadcast.confirmed_at.is_not(None))
            found = (await session.execute(begun.order_by(Broadcast.id.desc()).limit(LISTED))).scalars().all()
            return [await _view(session, one) for one in found]

    async def aim(self, _actor: Actor, broadcast_id: int, audience: Audience) -> BroadcastView:
        """Say who is to get it. Raises NotYours, AlreadyDone once it was begun."""
        async with self._db.transaction() as session:
            return await _turn(session, broadcast_id, {"draft"}, audience=asdict(audience))

    async def drop(self, _actor: Actor, broadcast_id: int) -> BroadcastView:
        async with self._db.transaction() as session:
            return await _turn(session, broadcast_id, {"draft"}, state="dropped", finished_at=db_now())

    async def start(self, actor: Actor, broadcast_id: int) -> BroadcastView:
        """From this commit on it goes out. Raises NotYours, AlreadyDone."""
        async with self._db.transaction() as session:
            aimed = await _turn(session, broadcast_id, {"draft"}, state="sending", confirmed_at=db_now())
            who = meant(aimed.audience, author_id=aimed.broadcast.author_id)
            people = select(literal(broadcast_id), User.id, literal("waiting"), literal(0)).where(who)
            columns = ["broadcast_id", "user_id", "state", "attempts"]
            await session.execute(insert(BroadcastRecipient).from_select(columns, people, include_defaults=False))
            view = await _view(session, aimed.broadcast)
            facts = {"people": view.people, "audience": asdict(view.audience), "medium": view.broadcast.medium}
            await record(session, actor, Action.BROADCAST_STARTED, _subject(broadcast_id), after=facts)
            return view

    async def stop(self, actor: Actor, broadcast_id: int) -> BroadcastView:
        """Nobody is written to any more, but for the few who are at this moment. Raises NotYours, AlreadyDone."""
        async with self._db.transaction() as session:
            view = await _turn(session, broadcast_id, {"sending"}, state="stopped", finished_at=db_now())
            facts = {"sent": view.tally.sent, "waiting": view.tally.waiting}
            await record(session, actor, Action.BROADCAST_STOPPED, _subject(broadcast_id), after=facts)
            return view

    async def recall(self, actor: Actor, broadcast_id: int) -> BroadcastView:
        """Delete it wherever it can still be deleted. Raises NotYours, AlreadyDone also while it goes out."""
        async with self._db.transaction() as session:
            view = await _turn(session, broadcast_id, {"done", "stopped"}, state="recalling")
            facts = {"messages": view.tally.recallable}
            await record(session, actor, Action.BROADCAST_RECALLED, _subject(broadcast_id), after=facts)
            return view

    async def carded(self, broadcast_id: int, *, message_id: int, instead_of: int | None) -> None:
        """That message to its author shows how far it has come, unless another took the place of the one before."""
        async with self._db.transaction() as session:
            mine = (Broadcast.id == broadcast_id) & Broadcast.card_message_id.is_not_distinct_from(instead_of)
            await session.execute(update(Broadcast).where(mine).values(card_message_id=message_id))

    async def carded_anew(self, broadcast_id: int, *, message_id: int) -> int | None:
        """The same, whichever showed it until now. Returns that one."""
        async with self._db.transaction() as session:
            mine = Broadcast.id == broadcast_id
            old: int | None = await session.scalar(select(Broadcast.card_message_id).where(mine).with_for_update())
            await session.execute(update(Broadcast).where(mine).values(card_message_id=message_id))
            return old


def content_of(broadcast: Broadcast) -> Content:
    return Content(cast("Medium", broadcast.medium), broadcast.text, broadcast.file_id)


def _subject(broadcast_id: int) -> str:
    return f"broadcast:{broadcast_id}"


async def _get(session: AsyncSession, broadcast_id: int) -> Broadcast:
    found = await session.get(Broadcast, broadcast_id)
    if found is None:
        raise NotYours
    return found


async def _turn(session: AsyncSession, broadcast_id: int, states: set[str], **values: Any) -> BroadcastView:
    """Change it if it is in one of those states: of two taps at the same moment one does it."""
    mine = (Broadcast.id == broadcast_id) & Broadcast.state.in_(states)
    turned = await session.execute(
        update(Broadcast).where(mine).values(**values).execution_options(synchronize_session=False)
    )
    if not changed_one(cast("CursorResult[Any]", turned)):
        await _get(session, broadcast_id)
        raise AlreadyDone
    return await _view(session, await _get(session, broadcast_id))


async def _view(session: AsyncSession, broadcast: Broadcast) -> BroadcastView:
    audience, tally = Audience(**broadcast.audience), await _tally(session, broadcast.id)
    if broadcast.confirmed_at is not None:
        return BroadcastView(broadcast, audience, tally.people, tally)
    who = meant(audience, author_id=broadcast.author_id)
    people = (await session.execute(select(func.count()).select_from(User).where(who))).scalar_one()
    return BroadcastView(broadcast, audience, people, tally)


async def _tally(session: AsyncSession, broadcast_id: int) -> Tally:
    row = BroadcastRecipient
    mine = row.broadcast_id == broadcast_id
    by_state = await session.execute(select(row.state, func.count()).where(mine).group_by(row.state))
    young = mine & (row.state == "sent") & (row.sent_at > now_plus(-RECALL_SECONDS)) & row.message_id.is_not(None)
    recallable = (await session.execute(select(func.count()).select_from(row).where(young))).scalar_one()
    return Tally(**dict(by_state.all()), recallable=recallable)
