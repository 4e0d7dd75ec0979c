"""Who people are to us: registration, once, and what they chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger
from services.arrivals import came_with
from services.errors import ChoiceNotOffered, NotYours
from services.leavers import Leavers
from services.live.values import Values
from storage.clock import db_now
from storage.database import Database
from storage.insert import insert_once
from storage.tables import User

LANGUAGES = ("en", "es", "ru")
SEEN_TO_WITHIN: Final = timedelta(hours=1)
"""`seen_at` is written no more often than this."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What Telegram tells of a person with each update."""

    telegram_id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    came_with: str | None = None
    """The payload of the deep link they came through; it counts only when they are registered."""


def spoken(language_code: str | None) -> str:
    """The language to speak with somebody whose Telegram is set to `language_code` (an IETF tag)."""
    short = (language_code or "").lower().split("-")[0]
    return short if short in LANGUAGES else LANGUAGES[0]


def _unseen_for_long(known: User) -> bool:
    return known.seen_at is None or datetime.now(UTC) - known.seen_at >= SEEN_TO_WITHIN


class Users:
    def __init__(self, db: Database, values: Callable[[], Values] = Values, *, leavers: Leavers | None = None) -> None:
        """`values`: those in force now. Without `leavers` nobody was here before."""
        self._db = db
        self._values = values
        self._leavers = leavers

    async def meet(self, person: Newcomer) -> tuple[User, bool]:
        """The user behind a Telegram account, registered at the first meeting (then True) with the signup credits."""
        known = await self.find(person.telegram_id)
        if known is None:
            return await self._register(person)
        news = self._news(known, person)
        if news or _unseen_for_long(known):
            return await self._refresh(known.id, news | {"seen_at": db_now()}), False
        return known, False

    async def get(self, user_id: int) -> User:
        async with self._db.reading() as session:
            return await session.get_one(User, user_id)

    async def find(self, telegram_id: int) -> User | None:
        """Who is registered, without registering anybody."""
        async with self._db.reading() as session:
            return await session.scalar(select(User).where(User.telegram_id == telegram_id))

    async def by_telegram_id(self, telegram_id: int) -> User:
        """Raises NotYours where we know nobody of that id."""
        known = await self.find(telegram_id)
        if known is None:
            raise NotYours
        return known

    async def choose_language(self, user_id: int, language: str) -> User:
        if language not in LANGUAGES:
            raise ChoiceNotOffered(language)
        return await self._refresh(user_id, {"language": language, "language_chosen": True})

    async def choose_defaults(self, user_id: int, **choices: Any) -> User:
        """Set `default_duration_s` (seconds) or `default_shape` (None: as the photo is) for new drafts."""
        return await self._refresh(user_id, choices)

    async def want_news(self, user_id: int, *, wanted: bool) -> User:
        """Whether they get messages that go to many."""
        return await self._refresh(user_id, {"news_off_at": None if wanted else db_now()})

    async def mark_unreachable(self, user_id: int) -> None:
        """They blocked the bot: messages stop until they write again."""
        await self._refresh(user_id, {"unreachable_at": db_now()})

    async def _register(self, person: Newcomer) -> tuple[User, bool]:
        values = self._values()
        async with self._db.transaction() as session:
            await self._welcome_back(session, person)
            made = await insert_once(
                session,
                User,
                telegram_id=person.telegram_id,
                first_name=person.first_name,
                username=person.username,
                language=spoken(person.language_code),
                seen_at=db_now(),
            )
            if made is not None:
                await ledger.open_accounts(session, made)
                if values.signup_credits > 0:
                    kind = ledger.TransferKind.SIGNUP
                    await ledger.grant(session, made, values.signup_credits, kind=kind, key=f"signup:{made}")
                if person.came_with:
                    await came_with(session, made, person.came_with, values)
            found = await session.execute(select(User).where(User.telegram_id == person.telegram_id))
            return found.scalar_one(), made is not None

    async def _welcome_back(self, session: AsyncSession, person: Newcomer) -> None:
        """Who had everything deleted begins anew, but not with the gifts of the new."""
        if self._leavers is not None:
            left = User.telegram_id == self._leavers.mark(person.telegram_id)
            who = {"telegram_id": person.telegram_id, "first_name": person.first_name, "username": person.username}
            back = {"erased_at": None, "unreachable_at": None, "news_off_at": None}
            await session.execute(update(User).where(left).values(**who, **back))

    async def _refresh(self, user_id: int, changes: dict[str, Any]) -> User:
        async with self._db.transaction() as session:
            await session.execute(update(User).where(User.id == user_id).values(**changes))
            return await session.get_one(User, user_id)

    def _news(self, known: User, person: Newcomer) -> dict[str, Any]:
        now: dict[str, Any] = {"first_name": person.first_name, "username": person.username}
        if person.language_code and not known.language_chosen:
            now["language"] = spoken(person.language_code)
        if known.unreachable_at is not None:
            now["unreachable_at"] = None  # whoever writes to us can be written to
        return {name: value for name, value in now.items() if getattr(known, name) != value}
