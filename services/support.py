"""Reaching a person: a contact where the owners give one, else their own chats with the bot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.dialogue import Expectation, expect
from services.errors import AskedTooOften, NobodyToAsk
from services.live.values import Values
from storage.clock import now_plus
from storage.database import Database
from storage.tables import Outgoing, User

ASKS_AN_HOUR = 5
"""Owners read these by themselves: nobody may bury them."""


class Support:
    def __init__(self, db: Database, values: Callable[[], Values], *, owners: Sequence[int]) -> None:
        """`values`: those in force now; `owners`: Telegram ids."""
        self._db = db
        self._values = values
        self._owners = owners

    @property
    def contact(self) -> str | None:
        """As people shall read it, @name or an address; None: their questions go to the owners."""
        return self._values().support_contact or None

    async def expect_question(self, user_id: int) -> None:
        """The next text goes to the owners. Raises NobodyToAsk."""
        async with self._db.transaction() as session:
            if not await self._reachable(session):
                raise NobodyToAsk
            await expect(session, user_id, Expectation("question", user_id))

    async def ask(self, user: User, message_id: int, text: str) -> str:
        """Pass a text on to the owners, once for its message. Returns what to refer to it by.

        Raises NobodyToAsk, AskedTooOften.
        """
        reference = f"S{user.id}-{message_id}"
        payload = {"reference": reference, "asker_id": user.id, "text": text}
        async with self._db.transaction() as session:
            owners = await self._reachable(session)
            if not owners:
                raise NobodyToAsk
            if await _asked(session, user) >= ASKS_AN_HOUR * len(owners):
                raise AskedTooOften
            for owner in owners:
                key = f"{_keys(user)}{message_id}:{owner}"
                await outbox.put(session, key=key, user_id=owner, kind="question", payload=payload)
            await expect(session, user.id, None)
        return reference

    async def _reachable(self, session: AsyncSession) -> list[int]:
        """The owners who have talked to the bot: it may write to no others."""
        here = select(User.id).where(User.telegram_id.in_(self._owners), User.unreachable_at.is_(None))
        return list((await session.execute(here.order_by(User.id))).scalars())


def _keys(user: User) -> str:
    return f"question:{user.id}:"


async def _asked(session: AsyncSession, user: User) -> int:
    """How many messages to owners came of what this person asked within the last hour."""
    await session.execute(select(User.id).where(User.id == user.id).with_for_update())
    lately = Outgoing.key.startswith(_keys(user)) & (Outgoing.created_at > now_plus(-3600.0))
    return (await session.execute(select(func.count()).select_from(Outgoing).where(lately))).scalar_one()
