"""Jobs (the queue of record), the outbox of messages, the inbox of updates, and named leases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id


class Job(Base):
    """One piece of paid work. `fence` grows with each claim; only the newest claim may write."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("user_id", "request_key"),
        UniqueConstraint("hold_id"),
        UniqueConstraint("retry_of"),
        CheckConstraint(
            "state IN ('queued', 'submitting', 'running', 'storing', 'unknown', 'succeeded', 'failed', 'cancelled')",
            name="state_known",
        ),
        CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)", name="finished_when_terminal"
        ),
        CheckConstraint("(price = 0) = (hold_id IS NULL)", name="held_if_it_costs"),
        CheckConstraint("charge IS NULL OR (charge > 0 AND charge <= price)", name="never_dearer"),
        Index("ix_jobs_state_due_at", "state", "due_at"),
        Index("ix_jobs_state_next_poll_at", "state", "next_poll_at"),
        Index("ix_jobs_submission_token", "submission_token"),
        Index("ix_jobs_finished_at", "finished_at"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("drafts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    request_key: Mapped[str] = mapped_column(String(80))
    """The tap it came from: a second tap finds this row instead of making another."""
    retry_of: Mapped[int | None] = mapped_column(BigId, ForeignKey("jobs.id"))
    """The failed job that the house pays to have done over."""
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    price: Mapped[int]
    hold_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("holds.id"))
    """None for work that costs nothing."""
    priority: Mapped[int] = mapped_column(default=0)
    """Higher first: what a person waits for before bulk."""
    state: Mapped[str] = mapped_column(String(16), default="queued")
    cancelling: Mapped[bool] = mapped_column(default=False)
    failure_reason: Mapped[str | None] = mapped_column(String(32))

    charge: Mapped[int | None]
    """What is taken of the hold when it succeeds, where that is less than the price: it was made elsewhere for less."""
    provider: Mapped[str] = mapped_column(String(32))
    tried: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The vendors that were given up before, in their order."""
    submission_token: Mapped[str | None] = mapped_column(String(64))
    """Written before the vendor is called; what makes a repeated submission the same one."""
    external_id: Mapped[str | None] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    """Submissions to the present vendor that came to nothing."""
    cost: Mapped[float | None]
    """What it cost us at the vendor, in the vendor's unit."""
    progress: Mapped[float] = mapped_column(default=0.0)

    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not to be claimed before this."""
    next_poll_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the watcher asks the vendor next. Set while the work is at a vendor and no worker has it in its hands."""
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the watcher last asked the vendor: hints do not make it ask more often than the vendor likes."""
    late_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when a failed job's work is still looked after, should the vendor finish it after all."""
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(default=0)
    deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)

    correlation_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Outgoing(Base):
    """A message that must not be lost: written with the change it tells of, sent after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'given_up')", name="state_known"),
        Index("ix_outbox_state_due_at", "state", "due_at"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    """Which view of the conversation renders it, e.g. `clip_ready`."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Ids only: the text is made when it is sent, in the language of that moment."""
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(default=0)
    correlation_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Incoming(Base):
    """What the outside told us, stored before it is acknowledged."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_inbox_handled_at", "handled_at"),
    )

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(32))
    """`telegram:<bot id>` or `stripe`."""
    external_id: Mapped[str] = mapped_column(String(120))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """While it is being handled; a row whose handler died is taken up again after this."""
    received_at: Mapped[CreatedAt]
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lease(Base):
    """A named duty that one process at a time has, e.g. `sweep`."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class Vendor(Base):
    """How an AI vendor has been doing lately, as all processes see it."""

    __tablename__ = "vendors"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, since it last worked."""
    rests: Mapped[int] = mapped_column(default=0)
    """How often in a row it was left alone for a while: each time for longer."""
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nothing is given to it before this."""
    last_problem: Mapped[str | None] = mapped_column(String(32))
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
