"""What staff does for one person: credits given or taken, and a few words."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger, outbox
from services.errors import AlreadyDone, Erased, MoreThanTheyHave, NotYours
from services.ledger import TransferKind
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.database import Database
from storage.tables import Outgoing, Transfer, User

MOST_AT_ONCE: Final = 100_000
"""Credits: more than that is a slip of the finger."""
REASON_LIMIT: Final = 200
MESSAGE_LIMIT: Final = 3000


class Helping:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def adjust(self, actor: Actor, user_id: int, amount: int, reason: str, *, asked: int) -> None:
        """Give credits, or take them where `amount` is below 0, once for `asked`: the message that wanted it.

        What is taken is there: a debt comes of money that went back, not of a correction. The person is told how many,
        the log also why. Raises NotYours, Erased, AlreadyDone, MoreThanTheyHave.
        """
        key = f"admin:{actor.user_id}:{asked}"
        async with self._db.transaction() as session:
            await _there(session, user_id)
            await ledger.lock(session, user_id)
            if await session.scalar(select(Transfer.id).where(Transfer.key == key)) is not None:
                raise AlreadyDone
            before = await ledger.balance(session, user_id)
            if amount > 0:
                await ledger.grant(session, user_id, amount, kind=TransferKind.ADMIN, key=key)
            else:
                await _take(session, user_id, -amount, key)
            after = await ledger.balance(session, user_id)
            await record(
                session,
                actor,
                Action.CREDITS_GIVEN if amount > 0 else Action.CREDITS_TAKEN,
                f"user:{user_id}",
                before={"available": before.available, "owed": before.debt},
                after={"available": after.available, "owed": after.debt, "amount": amount, "reason": reason},
            )
            payload = {"amount": amount}
            await outbox.put(session, key=f"adjusted:{key}", user_id=user_id, kind="adjusted", payload=payload)

    async def write(self, actor: Actor, user_id: int, text: str, *, asked: int) -> str:
        """Send somebody a text, once for `asked`. Returns what to refer to it by. The log keeps that, not the words.

        Raises NotYours, Erased, AlreadyDone.
        """
        key, reference = f"from_team:{actor.user_id}:{asked}", f"S{user_id}-{asked}"
        async with self._db.transaction() as session:
            await _there(session, user_id)
            if await session.scalar(select(Outgoing.id).where(Outgoing.key == key)) is not None:
                raise AlreadyDone
            payload = {"reference": reference, "text": text}
            await outbox.put(session, key=key, user_id=user_id, kind="from_team", payload=payload)
            after = {"reference": reference, "length": len(text)}
            await record(session, actor, Action.MESSAGED, f"user:{user_id}", after=after)
        return reference


async def _there(session: AsyncSession, user_id: int) -> None:
    """Locks them: the same tap twice is one after the other. Raises NotYours, Erased."""
    user = await session.get(User, user_id, with_for_update={"key_share": True})
    if user is None:
        raise NotYours
    if user.erased_at is not None:
        raise Erased


async def _take(session: AsyncSession, user_id: int, amount: int, key: str) -> None:
    kind, into = TransferKind.ADMIN, ledger.GRANTS
    clawed = await ledger.claw_back(session, user_id, amount, into=into, kind=kind, key=key)
    if clawed.owed:
        raise MoreThanTheyHave(clawed.taken)
