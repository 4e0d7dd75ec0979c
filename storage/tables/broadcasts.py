"""Messages to many people: what is sent, to whom, and how far it has come, a row a recipient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id


class Broadcast(Base):
    __tablename__ = "broadcasts"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'sending', 'stopped', 'done', 'recalling', 'recalled', 'dropped')", name="state_known"
        ),
        CheckConstraint("medium IN ('text', 'photo', 'video')", name="medium_known"),
        CheckConstraint("(medium = 'text') = (file_id IS NULL)", name="file_if_it_has_one"),
        CheckConstraint("(state IN ('draft', 'dropped')) OR confirmed_at IS NOT NULL", name="confirmed_before_sent"),
        Index("ix_broadcasts_state", "state"),
    )

    id: Mapped[Id]
    author_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    medium: Mapped[str] = mapped_column(String(8), default="text")
    text: Mapped[str] = mapped_column(default="")
    """As it was written, in Telegram's HTML: the text, or the caption of what is shown."""
    file_id: Mapped[str | None]
    """Telegram's id of the photo or video, good for this bot only."""
    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """services.broadcasts.audience.Audience."""
    state: Mapped[str] = mapped_column(String(16), default="draft")
    card_message_id: Mapped[int | None]
    """The message to its author that shows how far it has come."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[CreatedAt]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BroadcastRecipient(Base):
    """One person of a broadcast: that they stand here once is what makes it reach them once."""

    __tablename__ = "broadcast_recipients"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'blocked', 'failed', 'unsure', 'recalled')", name="state_known"
        ),
        Index("ix_broadcast_recipients_broadcast_id_state", "broadcast_id", "state", "user_id"),
    )

    broadcast_id: Mapped[int] = mapped_column(BigId, ForeignKey("broadcasts.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    """sending: Telegram is being asked; whoever died meanwhile leaves it so, and nobody knows whether it arrived."""
    message_id: Mapped[int | None]
    """Of what they got. While it is being sent: the newest message known before it (services.broadcasts.sending)."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
