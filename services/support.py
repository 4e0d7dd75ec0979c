"""Reaching a person: a contact where the owners give one, else their own chats with the bot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.dialogue import Expectation, expect
from services.errors import AskedTooOften, NobodyToAsk
from services.live.values import Values
from storage.clock import now_plus
from storage.database import Database
from storage.insert import insert_once
from storage.tables import Question, User

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
        """Keep a text for the team and pass it on to the owners, once for its message. Returns what to refer to it by.

        Raises NobodyToAsk, AskedTooOften.
        """
        reference = f"S{user.id}-{message_id}"
        async with self._db.transaction() as session:
            owners = await self._reachable(session)
            if not owners:
                raise NobodyToAsk
            question = await _kept(session, user, message_id=message_id, reference=reference, text=text)
            if question is not None and await _asked(session, user) > ASKS_AN_HOUR:
                raise AskedTooOften
            if question is not None:
                await _tell(session, owners, question, user, reference=reference, text=text)
            await expect(session, user.id, None)
        return reference

    async def _reachable(self, session: AsyncSession) -> list[int]:
        """The owners who have talked to the bot: it may write to no others."""
        here = select(User.id).where(User.telegram_id.in_(self._owners), User.unreachable_at.is_(None))
        return list((await session.execute(here.order_by(User.id))).scalars())


async def _kept(session: AsyncSession, user: User, **what: Any) -> int | None:
    """The question's number; None: it was asked before. Locks whoever asks: they ask one thing after the other."""
    await session.execute(select(User.id).where(User.id == user.id).with_for_update())
    return await insert_once(session, Question, user_id=user.id, **what)


async def _tell(session: AsyncSession, owners: Sequence[int], question: int, user: User, **what: str) -> None:
    payload = {"question": question, "asker_id": user.id, **what}
    for owner in owners:
        key = f"question:{user.id}:{question}:{owner}"
        await outbox.put(session, key=key, user_id=owner, kind="question", payload=payload)


async def _asked(session: AsyncSession, user: User) -> int:
    """How many questions this person asked within the last hour."""
    lately = (Question.user_id == user.id) & (Question.created_at > now_plus(-3600.0))
    return (await session.execute(select(func.count()).select_from(Question).where(lately))).scalar_one()
