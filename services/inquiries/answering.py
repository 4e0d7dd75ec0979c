"""Getting the answers: a worker claims what waits, asks the model outside any transaction, and writes down the answer.

Whatever comes of it, the card is drawn anew. What was wished for is ordered once nothing speaks against it; a crash at
any line is made good by the next claim.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import OutOfCredit, ProviderError
from providers.writing import Verdict, Writer, tidy
from services.alerts import Alerts
from services.catalogue import Catalogue
from services.errors import EchoesError
from services.inquiries.asking import redraw
from services.inquiries.improve import SYSTEM
from services.live.values import Values
from services.ordering import Ordering
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.objects.base import ObjectMissing, ObjectStore, StoreUnavailable
from storage.tables import Draft, Inquiry, User

log = structlog.get_logger(__name__)
ANSWER_SECONDS: Final = 25.0
"""How long a person is kept waiting for a model."""
LEASE_SECONDS: Final = 45.0
PATIENCE_SECONDS: Final = 120.0
"""After that the person has turned to something else: nothing is ordered in their name any more."""
MAX_ATTEMPTS: Final = 3
FAILED_IN_A_ROW: Final = 3
"""So many checks without a verdict, and the owners are told: nobody can order anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A claimed inquiry with all that is needed to answer it."""

    id: int
    user_id: int
    draft_id: int
    purpose: str
    prompt: str
    answered: bool
    """There is a verdict already; only what was wished for was not ordered yet."""
    hopeless: bool
    """It waited for too long, or was tried too often."""
    attempt: int
    photo_key: str
    language: str
    most_units: int
    """The longest prompt the draft's model takes, in UTF-16 code units."""


class Answering:
    def __init__(
        self,
        db: Database,
        store: ObjectStore,
        catalogue: Catalogue,
        writer: Writer,
        ordering: Ordering,
        alerts: Alerts,
        values: Callable[[], Values],
    ) -> None:
        """`values`: those in force now."""
        self._db = db
        self._store = store
        self._catalogue = catalogue
        self._writer = writer
        self._ordering = ordering
        self._alerts = alerts
        self._values = values

    async def claim(self, limit: int) -> list[Asked]:
        """Take what waits, oldest first, each for LEASE_SECONDS."""
        if limit < 1 or not await self._anything():
            return []
        async with self._db.transaction() as session:
            rows = (await session.execute(_open().limit(limit))).all()
            taken = [(row, await _take(session, row.Inquiry)) for row in rows]
            return [self._asked(row) for row, ours in taken if ours]

    async def answer(self, asked: Asked) -> None:
        if asked.answered:
            await self._grant(asked, None if asked.hopeless else await self._wish(asked))
        elif asked.hopeless:
            await self._settle(asked, state="failed", wish=null())
        elif asked.purpose == "improve":
            await self._improve(asked)
        else:
            await self._check(asked)

    async def _improve(self, asked: Asked) -> None:
        system = self._values().system_prompt or SYSTEM
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                said = await self._writer.improve(asked.prompt, system=system, language=asked.language)
        except (ProviderError, TimeoutError) as error:
            log.warning("no better words", error=str(error) or type(error).__name__)
            if isinstance(error, OutOfCredit):
                await self._alerts.send("vendor_out_of_credit", about=error.provider)
            said = ""
        better = tidy(said, asked.most_units)
        await self._settle(asked, state="answered" if better else "failed", answer=better or None)

    async def _check(self, asked: Asked) -> None:
        verdict = await self._verdict(asked)
        log.info("photo and words looked at", verdict=verdict)
        if verdict == Verdict.SAFE:
            if await self._settle(asked, tell=False, state="answered", answer=verdict):
                await self._grant(asked, await self._wish(asked))
        elif verdict == Verdict.UNSAFE:
            await self._settle(asked, state="answered", answer=verdict, wish=null())
        else:
            await self._settle(asked, state="failed", wish=null())
            await self._tell_if_nobody_can_say()

    async def _verdict(self, asked: Asked) -> Verdict:
        try:
            photo = await self._store.get(asked.photo_key)
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._writer.moderate(asked.prompt, photo)
        except (ObjectMissing, StoreUnavailable, ProviderError, TimeoutError) as error:
            log.warning("nobody could look", error=str(error) or type(error).__name__)
            return Verdict.UNDECIDED

    async def _wish(self, asked: Asked) -> dict[str, Any] | None:
        async with self._db.reading() as session:
            return await session.scalar(select(Inquiry.wish).where(Inquiry.id == asked.id))

    async def _grant(self, asked: Asked, wish: dict[str, Any] | None) -> None:
        """Order what was wished for. Both orders are made once, however often they are wished for."""
        try:
            if wish and "album" in wish:
                await self._ordering.order_album(asked.user_id, wish["album"], wish["version"], shown=wish.get("shown"))
            elif wish:
                await self._ordering.order(asked.user_id, asked.draft_id, wish["round"], shown=wish.get("shown"))
        except (
            EchoesError
        ) as refusal:  # others of the album are not looked at yet, or things have changed: the card says
            log.info("not ordered", why=type(refusal).__name__)
        await self._settle(asked, waiting=False, wish=null())

    async def _settle(self, asked: Asked, *, waiting: bool = True, tell: bool = True, **values: Any) -> bool:
        """Write it down, unless somebody else has it by now or it is no longer wanted; `tell`: and draw the card."""
        async with self._db.transaction() as session:
            ours = (Inquiry.id == asked.id) & (Inquiry.attempts == asked.attempt)
            state = Inquiry.state == ("waiting" if waiting else "answered")
            written = update(Inquiry).where(ours, state).values(**values)
            if not changed_one(await session.execute(written.execution_options(synchronize_session=False))):
                return False
            if tell:
                await redraw(session, asked.user_id, asked.draft_id)
            return True

    async def _tell_if_nobody_can_say(self) -> None:
        async with self._db.reading() as session:
            last = select(Inquiry.state).where(Inquiry.purpose == "check", Inquiry.state.in_(("answered", "failed")))
            states = (await session.execute(last.order_by(Inquiry.id.desc()).limit(FAILED_IN_A_ROW))).scalars().all()
        if list(states) == ["failed"] * FAILED_IN_A_ROW:
            await self._alerts.send("checks_fail", about="moderation")

    async def _anything(self) -> bool:
        # Looking takes no writer lock; it is done several times a second.
        async with self._db.reading() as session:
            return (await session.execute(_open().limit(1))).first() is not None

    def _asked(self, row: Any) -> Asked:
        inquiry: Inquiry = row.Inquiry
        return Asked(
            id=inquiry.id,
            user_id=inquiry.user_id,
            draft_id=inquiry.draft_id,
            purpose=inquiry.purpose,
            prompt=inquiry.prompt,
            answered=inquiry.state == "answered",
            hopeless=row.late or inquiry.attempts >= MAX_ATTEMPTS,
            attempt=inquiry.attempts + 1,
            photo_key=row.photo_key,
            language=row.language,
            most_units=self._catalogue.model(row.model).max_prompt_units,
        )


def _open() -> Any:
    free = or_(Inquiry.lease_until.is_(None), Inquiry.lease_until < db_now())
    late = (Inquiry.created_at < now_plus(-PATIENCE_SECONDS)).label("late")
    return (
        select(Inquiry, Draft.photo_key, Draft.model, User.language, late)
        .join(Draft, Draft.id == Inquiry.draft_id)
        .join(User, User.id == Inquiry.user_id)
        .where(_unfinished(), free)
        .order_by(Inquiry.id)
    )


def _unfinished() -> ColumnElement[bool]:
    return or_(Inquiry.state == "waiting", (Inquiry.state == "answered") & Inquiry.wish.is_not(None))


async def _take(session: AsyncSession, inquiry: Inquiry) -> bool:
    taken = await session.execute(
        update(Inquiry)
        .where(Inquiry.id == inquiry.id, Inquiry.attempts == inquiry.attempts, _unfinished())
        .values(attempts=inquiry.attempts + 1, lease_until=now_plus(LEASE_SECONDS))
        .execution_options(synchronize_session=False)
    )
    return changed_one(taken)
