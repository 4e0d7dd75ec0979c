"""A copy of all that is kept of somebody, as JSON: what they are, made, wrote and paid."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger
from services.errors import NotYours
from services.wallet import history
from storage.tables import (
    Album,
    AuditEntry,
    Base,
    BroadcastRecipient,
    Clip,
    Draft,
    Film,
    Hold,
    Inquiry,
    Job,
    Order,
    Outgoing,
    Payment,
    Project,
    Question,
    Redemption,
    Referral,
    Reversal,
    Share,
    ShareVisit,
    Soundtrack,
    StaffMember,
    Take,
    User,
)

OTHERS: Final = {"inviter_id", "invited_id", "visitor_id", "actor_id", "share_id", "closed_by"}
"""They would say something of other people."""
INNER: Final = {"token", "key", "request_key", "source_key", "submission_token", "correlation_id", "lease_owner"} | {
    *("lease_until", "fence", "priority", "dialogue", "digest", "payload", "params", "tried", "before", "after"),
    *("external_id", "charge_id", "object_key", "due_at", "next_poll_at", "asked_at", "late_until", "deadline_at"),
}
"""Secrets, and what only the machinery needs."""


async def copy_of(session: AsyncSession, user_id: int) -> bytes:
    """Raises NotYours: there is nobody, or nothing is kept of them any more."""
    user = await session.get(User, user_id)
    if user is None or user.erased_at is not None:
        raise NotYours
    money = await ledger.balance(session, user_id)
    found: dict[str, Any] = {
        "you": _facts(user),
        "credits": {"available": money.available, "held": money.held, "owed": money.debt},
        "ledger": [
            {"what": entry.kind, "credits": entry.amount, "at": entry.at}
            for entry in await history(session, user_id, limit=None, offset=0)
        ],
    }
    for name, table, theirs in sections(user_id):
        rows = await session.execute(select(table).where(theirs).order_by(*table.__mapper__.primary_key))
        found[name] = [_facts(row) for row in rows.scalars()]
    found["messages"] = [_message(row) for row in await _messages(session, user_id)]
    return json.dumps(found, ensure_ascii=False, indent=2, default=_written).encode()


def sections(user_id: int) -> Iterable[tuple[str, type[Base], ColumnElement[bool]]]:
    mine = select(Project.id).where(Project.user_id == user_id)
    paid = select(Payment.external_id).where(Payment.user_id == user_id)
    yield from (
        ("orders", Order, Order.user_id == user_id),
        ("payments", Payment, Payment.user_id == user_id),
        ("refunds", Reversal, Reversal.charge_id.in_(paid)),
        ("holds", Hold, Hold.user_id == user_id),
        ("promo_codes", Redemption, Redemption.user_id == user_id),
        ("friends", Referral, Referral.inviter_id == user_id),
        ("came_by_a_friend", Referral, Referral.invited_id == user_id),
        ("came_by_a_project", ShareVisit, ShareVisit.visitor_id == user_id),
        ("albums", Album, Album.user_id == user_id),
        ("photos", Draft, Draft.user_id == user_id),
        ("clips", Take, Take.user_id == user_id),
        ("projects", Project, Project.user_id == user_id),
        ("clips_of_projects", Clip, Clip.project_id.in_(mine)),
        ("music", Soundtrack, Soundtrack.project_id.in_(mine)),
        ("films", Film, Film.user_id == user_id),
        ("shared_projects", Share, Share.user_id == user_id),
        ("jobs", Job, Job.user_id == user_id),
        ("better_words", Inquiry, Inquiry.user_id == user_id),
        ("questions", Question, Question.user_id == user_id),
        ("news", BroadcastRecipient, BroadcastRecipient.user_id == user_id),
        ("role", StaffMember, StaffMember.user_id == user_id),
        ("done_by_the_team", AuditEntry, AuditEntry.subject == f"user:{user_id}"),
        ("done_for_the_team", AuditEntry, AuditEntry.actor_id == user_id),
    )


def _facts(row: Any) -> dict[str, Any]:
    columns = [column.key for column in row.__mapper__.column_attrs]
    return {name: getattr(row, name) for name in columns if name not in OTHERS | INNER and not name.endswith("_key")}


async def _messages(session: AsyncSession, user_id: int) -> list[Outgoing]:
    """To them. Not what others asked them."""
    to_them = (Outgoing.user_id == user_id) & (Outgoing.kind != "question")
    found = await session.execute(select(Outgoing).where(to_them).order_by(Outgoing.id))
    return list(found.scalars())


def _message(row: Outgoing) -> dict[str, Any]:
    """With its words where it holds any: the others are made when they are sent."""
    return {"what": row.kind, "at": row.created_at, "sent_at": row.sent_at, "text": row.payload.get("text")}


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
