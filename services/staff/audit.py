"""The log of what was done by virtue of a role: written with the change itself, in its transaction, and never again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.staff.rights import Actor
from storage.database import Database
from storage.tables import AuditEntry, User

PAGE: Final = 8


class Action(StrEnum):
    CREDITS_GIVEN = "credits_given"
    CREDITS_TAKEN = "credits_taken"
    BANNED = "banned"
    UNBANNED = "unbanned"
    MESSAGED = "messaged"
    REPORT_ANSWERED = "report_answered"
    REPORT_CLOSED = "report_closed"
    DATA_EXPORTED = "data_exported"
    DATA_DELETED = "data_deleted"
    REFUNDED = "refunded"
    PAYMENT_ASSIGNED = "payment_assigned"
    LOOK_WANTED = "look_wanted"
    JOB_RETRIED = "job_retried"
    JOB_FAILED = "job_failed"
    JOB_MOVED = "job_moved"
    VALUE_SET = "value_set"
    PACK_ADDED = "pack_added"
    PACK_CHANGED = "pack_changed"
    PROMO_MADE = "promo_made"
    PROMO_STOPPED = "promo_stopped"
    BROADCAST_STARTED = "broadcast_started"
    BROADCAST_STOPPED = "broadcast_stopped"
    BROADCAST_RECALLED = "broadcast_recalled"
    APPOINTED = "appointed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Entry:
    entry: AuditEntry
    actor: User


async def record(
    session: AsyncSession,
    actor: Actor,
    action: Action,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> int:
    """Part of a use case. `subject`: what it was done to, `user:17`. Returns the entry's number. Does not commit."""
    entry = AuditEntry(
        actor_id=actor.user_id,
        role=actor.role,
        action=action,
        subject=subject,
        before=dict(before or {}),
        after=dict(after or {}),
        correlation_id=structlog.contextvars.get_contextvars().get("cid"),
    )
    session.add(entry)
    await session.flush()
    return entry.id


async def record_once(
    session: AsyncSession,
    actor: Actor,
    action: Action,
    subject: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """The same, unless the newest entry about it says just that. The caller has the subject's lock."""
    same = (AuditEntry.action == action) & (AuditEntry.subject == subject)
    newest = await session.scalar(select(AuditEntry).where(same).order_by(AuditEntry.id.desc()).limit(1))
    if newest is None or (newest.before, newest.after) != (dict(before), dict(after)):
        await record(session, actor, action, subject, before=before, after=after)


class AuditLog:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def listed(
        self, page: int = 0, *, subject: str | None = None, actor_id: int | None = None
    ) -> tuple[list[Entry], int]:
        """A page of it, newest first, and how many there are; of one subject or one actor, where asked."""
        wanted = [AuditEntry.subject == subject] if subject else []
        if actor_id is not None:
            wanted.append(AuditEntry.actor_id == actor_id)
        async with self._db.reading() as session:
            total = (await session.execute(select(func.count()).select_from(AuditEntry).where(*wanted))).scalar_one()
            query = select(AuditEntry, User).join(User, User.id == AuditEntry.actor_id).where(*wanted)
            found = await session.execute(query.order_by(AuditEntry.id.desc()).limit(PAGE).offset(page * PAGE))
            return [Entry(entry, actor) for entry, actor in found], total
