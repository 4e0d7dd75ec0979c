"""What people asked or reported, until somebody of staff has answered it or said that it needs no answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.errors import NotYours, ReportClosed
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.clock import db_now
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Question, User

PAGE: Final = 6


@dataclass(frozen=True, slots=True)
class Report:
    question: Question
    asker: User
    closer: User | None


class Reports:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def waiting(self, page: int = 0) -> tuple[list[Report], int]:
        """A page of the open ones, oldest first, and how many there are."""
        still = Question.closed_at.is_(None)
        async with self._db.reading() as session:
            total = (await session.execute(select(func.count()).select_from(Question).where(still))).scalar_one()
            query = select(Question, User).join(User, User.id == Question.user_id).where(still)
            found = await session.execute(query.order_by(Question.id).limit(PAGE).offset(page * PAGE))
            return [Report(question, asker, None) for question, asker in found], total

    async def find(self, words: str) -> Report:
        """One by its number or what its asker refers to it by, open or not. Raises NotYours."""
        wanted = words.strip().lstrip("#")
        same = func.upper(Question.reference) == wanted.upper()
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 18:
            same |= Question.id == int(wanted)
        async with self._db.reading() as session:
            found = await session.scalar(select(Question.id).where(same).order_by(Question.id.desc()).limit(1))
        return await self.view(found or 0)

    async def view(self, report: int) -> Report:
        """Raises NotYours."""
        async with self._db.reading() as session:
            return await _report(session, report)

    async def answer(self, actor: Actor, report: int, text: str) -> None:
        """Send its asker a text, which closes it. The log keeps how long it was, not the words.

        Raises NotYours, ReportClosed.
        """
        async with self._db.transaction() as session:
            question = await _close(session, actor, report, Action.REPORT_ANSWERED, {"length": len(text)})
            payload = {"reference": question.reference, "text": text}
            key = f"answer:{question.id}"
            await outbox.put(session, key=key, user_id=question.user_id, kind="from_team", payload=payload)

    async def close(self, actor: Actor, report: int) -> None:
        """It needs no answer. Raises NotYours, ReportClosed."""
        async with self._db.transaction() as session:
            await _close(session, actor, report, Action.REPORT_CLOSED, {})


async def _report(session: AsyncSession, report: int) -> Report:
    question = await session.get(Question, report)
    if question is None:
        raise NotYours
    closer = await session.get(User, question.closed_by) if question.closed_by else None
    return Report(question, await session.get_one(User, question.user_id), closer)


async def _close(
    session: AsyncSession, actor: Actor, report: int, action: Action, after: Mapping[str, Any]
) -> Question:
    """Of two who do so at once the second is refused. Its asker is locked first, as when they have all deleted."""
    asker = await session.scalar(select(Question.user_id).where(Question.id == report))
    await session.execute(select(User.id).where(User.id == asker).with_for_update(key_share=True))
    still = (Question.id == report) & Question.closed_at.is_(None)
    closed = update(Question).where(still).values(closed_at=db_now(), closed_by=actor.user_id)
    decided = await session.execute(closed.execution_options(synchronize_session=False))
    seen = await _report(session, report)
    if not changed_one(decided):
        raise ReportClosed(seen.closer.first_name if seen.closer else None)
    facts = {"reference": seen.question.reference, **after}
    await record(session, actor, action, f"user:{seen.question.user_id}", after=facts)
    return seen.question
