"""What people ask those who run the service, until somebody has answered it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id

OPEN = text("closed_at IS NULL")


class Question(Base):
    """A text that somebody wrote to the team, once for its message."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("user_id", "message_id"),
        CheckConstraint("closed_by IS NULL OR closed_at IS NOT NULL", name="closed_when_closed"),
        Index("ix_questions_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    message_id: Mapped[int]
    """Of their message, in their own chat with the bot."""
    reference: Mapped[str] = mapped_column(String(48))
    """What they and the team call it by: `S17-5`."""
    text: Mapped[str]
    """Empty once they had all of theirs deleted."""
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    """Who of staff answered it or said that it needs no answer. None: it is open, or its asker is gone."""
