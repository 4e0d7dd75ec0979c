"""The double-entry ledger: accounts, transfers between them, and holds.

A balance is a cache of the transfers; it and the row it comes from change in one statement each, in one transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id


class Account(Base):
    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint(
            "user_id IS NULL OR (kind = 'debt' AND balance <= 0) OR (kind <> 'debt' AND balance >= 0)",
            name="balance_has_its_sign",
        ),
        Index("uq_accounts_user_kind", "user_id", "kind", unique=True, postgresql_where=text("user_id IS NOT NULL")),
        Index(
            "uq_accounts_system_kind",
            "kind",
            unique=True,
            sqlite_where=text("user_id IS NULL"),
            postgresql_where=text("user_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(16))
    """A user's `available`, `held` or `debt`; the system's `grants`, `purchases`, `revenue`."""
    balance: Mapped[int] = mapped_column(BigInteger, default=0)
    """Credits. Below 0 in system accounts: what the house gave out; and in `debt`: what a user owes the house."""


class Transfer(Base):
    """Credits moving from one account to another. Append-only."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("source_id <> target_id", name="accounts_differ"),
        Index("ix_transfers_created_at", "created_at"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What makes a repetition harmless, e.g. `signup:17`, `capture:job:42`."""
    kind: Mapped[str] = mapped_column(String(16))
    """services.ledger.TransferKind."""
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    """Whose history it stands in."""
    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    target_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    hold_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("holds.id"))
    created_at: Mapped[CreatedAt]


class Hold(Base):
    """Credits set aside for one job: captured or released, exactly one of them, once."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("state IN ('held', 'captured', 'released')", name="state_known"),
        CheckConstraint("(state = 'held') = (resolved_at IS NULL)", name="resolved_when_not_held"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), default="held")
    created_at: Mapped[CreatedAt]
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
