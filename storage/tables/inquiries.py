"""What a language model is asked about drafts: better words for one, or whether a clip of it may be made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id

WAITING = text("state = 'waiting'")


class Inquiry(Base):
    """One question to the model. Of one draft only one of a sort waits at a time."""

    __tablename__ = "inquiries"
    __table_args__ = (
        CheckConstraint("purpose IN ('improve', 'check')", name="purpose_known"),
        CheckConstraint("state IN ('waiting', 'answered', 'failed', 'closed')", name="state_known"),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_with_something"),
        Index(
            "uq_inquiries_waiting",
            "draft_id",
            "purpose",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_inquiries_draft_id_purpose", "draft_id", "purpose"),
        Index("ix_inquiries_user_id_created_at", "user_id", "created_at"),
        Index("ix_inquiries_state", "state"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    draft_id: Mapped[int] = mapped_column(BigId, ForeignKey("drafts.id"))
    purpose: Mapped[str] = mapped_column(String(8))
    """improve: better words; check: may a clip of the draft's photo and these words be made?"""
    prompt: Mapped[str]
    """The draft's words when it was asked. A verdict holds for them and no others."""
    wish: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What is to be ordered when nothing speaks against it: a round of the draft, or of its album. None: no more."""
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    """answered; failed: nobody could say; closed: its owner wants it no more, or has chosen."""
    answer: Mapped[str | None]
    """Better words, or a providers.writing.Verdict."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Grows with each claim; only the newest claim may write."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[CreatedAt]
