"""Who runs the service besides its owners, what they did, and what they set."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, BigId, CreatedAt, Id


class StaffMember(Base):
    """Somebody to whom an owner gave a role. Owners themselves stand in the settings (ADMIN_IDS), not here."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role IN ('admin', 'support')", name="role_known"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(8))
    """services.staff.rights.Role."""
    granted_at: Mapped[CreatedAt]


class AuditEntry(Base):
    """What somebody did by virtue of their role. The database itself refuses to change it (migration 0006)."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject", "subject"),)

    id: Mapped[Id]
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(8))
    """What they were at that moment: services.staff.rights.Role."""
    action: Mapped[str] = mapped_column(String(40))
    """services.staff.audit.Action."""
    subject: Mapped[str] = mapped_column(String(80))
    """What it was done to: `user:17`, `payment:4`, `value:system_prompt`."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The facts that changed, as they were and as they are. No secrets, and nothing a person wrote in confidence."""
    correlation_id: Mapped[str | None] = mapped_column(String(64))
    """By which the log finds the update it came from."""
    created_at: Mapped[CreatedAt]


class ValueChange(Base):
    """A value that is set without a deploy, from this moment on. The newest row of a name counts; the others are its
    history. Append-only, like the log.
    """

    __tablename__ = "value_changes"
    __table_args__ = (Index("ix_value_changes_name_id", "name", "id"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(40))
    """Of services.live.values.VALUES."""
    value: Mapped[Any] = mapped_column(JSON(none_as_null=False), nullable=False)
    """As JSON; `null`: back to what the environment says."""
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
