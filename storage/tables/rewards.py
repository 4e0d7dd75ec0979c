"""Credits people earn or are given: for friends they bring, projects they share, and promo codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id


class Referral(Base):
    """Who brought whom, once for each person brought."""

    __tablename__ = "referrals"
    __table_args__ = (
        # Only who was here earlier can bring somebody: no ring can be closed, whoever enters whose code when.
        CheckConstraint("inviter_id < invited_id", name="inviter_came_first"),
        CheckConstraint("state IN ('joined', 'vested', 'revoked')", name="state_known"),
        CheckConstraint("rule IN ('bought', 'approved')", name="rule_known"),
        CheckConstraint("(state = 'joined') = (hold_id IS NULL)", name="vested_by_a_clip"),
    )

    id: Mapped[Id]
    inviter_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    invited_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), unique=True)
    via: Mapped[str] = mapped_column(String(8))
    """`link` or `code`."""
    rule: Mapped[str] = mapped_column(String(8))
    """With which approved clip of the friend it vests (services.live.values.ReferralRule), as when they joined."""
    state: Mapped[str] = mapped_column(String(16), default="joined")
    """joined; vested: the inviter has their credits; revoked: they went back, because the friend's money did."""
    credits: Mapped[int]
    """What the inviter gets when it vests, as it was promised when the friend joined."""
    hold_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("holds.id"))
    """The friend's clip that made it vest."""
    moves: Mapped[int] = mapped_column(default=0)
    """How often credits moved because of it: numbers the keys of those transfers."""
    created_at: Mapped[CreatedAt]


class PromoCode(Base):
    """A word that is worth credits."""

    __tablename__ = "promo_codes"
    __table_args__ = (
        CheckConstraint("credits > 0", name="credits_positive"),
        CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses_in_bounds"),
        CheckConstraint("per_user > 0", name="per_user_positive"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    """In capitals; people may write it as they like."""
    credits: Mapped[int]
    max_uses: Mapped[int | None]
    """None: as many as come."""
    uses: Mapped[int] = mapped_column(default=0)
    per_user: Mapped[int] = mapped_column(default=1)
    new_users_only: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]


class Redemption(Base):
    """One use of a promo code by one person."""

    __tablename__ = "redemptions"
    __table_args__ = (UniqueConstraint("promo_id", "user_id", "number"),)

    id: Mapped[Id]
    promo_id: Mapped[int] = mapped_column(BigId, ForeignKey("promo_codes.id"))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    number: Mapped[int]
    """1, 2, 3 … among this person's uses of this code."""
    created_at: Mapped[CreatedAt]


class Share(Base):
    """A project shown to whoever has the link."""

    __tablename__ = "shares"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """128 random bits: the deep link `p_<token>`, and the address of the player."""
    project_id: Mapped[int] = mapped_column(BigId, ForeignKey("projects.id"), unique=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    created_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ShareVisit(Base):
    """Somebody new came through a share: counted once for each person, whatever they open later."""

    __tablename__ = "share_visits"
    __table_args__ = (CheckConstraint("credits >= 0", name="credits_not_negative"),)

    id: Mapped[Id]
    share_id: Mapped[int] = mapped_column(BigId, ForeignKey("shares.id"), index=True)
    visitor_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), unique=True)
    credits: Mapped[int]
    """What the sharer got for it; 0 once the day's limit was reached."""
    created_at: Mapped[CreatedAt]
