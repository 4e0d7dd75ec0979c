"""Money coming in: what is sold, what was ordered, and what was really paid, returned or fought over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id

RAIL_KNOWN = "rail IN ('stripe', 'stars')"
ACTIVE = text("active")


class Pack(Base):
    """Credits for sale. A pack that is no longer sold stays, because orders point to it."""

    __tablename__ = "packs"
    __table_args__ = (
        CheckConstraint("credits > 0", name="credits_positive"),
        CheckConstraint("cents > 0", name="cents_positive"),
        CheckConstraint("stars > 0", name="stars_positive"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(32))
    credits: Mapped[int]
    cents: Mapped[int]
    """The price by card, in the smallest unit of `currency`."""
    currency: Mapped[str] = mapped_column(String(3))
    """ISO 4217 in lower case, as Stripe writes it."""
    stars: Mapped[int]
    """The price in Telegram Stars."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]


class PackLink(Base):
    """A Payment Link at Stripe for a pack as it was when the link was made. It cannot be deleted there, only closed."""

    __tablename__ = "pack_links"
    __table_args__ = (
        Index("uq_pack_links_active", "pack_id", "livemode", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    )

    id: Mapped[Id]
    pack_id: Mapped[int] = mapped_column(BigId, ForeignKey("packs.id"))
    link_id: Mapped[str] = mapped_column(String(255), unique=True)
    url: Mapped[str]
    name: Mapped[str] = mapped_column(String(32))
    credits: Mapped[int]
    cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    return_url: Mapped[str]
    """Where the browser goes after paying."""
    livemode: Mapped[bool]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]


class Order(Base):
    """Somebody's wish to buy a pack, at the price they saw. A payment is matched to it by the token."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(RAIL_KNOWN, name="rail_known"),
        CheckConstraint("state IN ('open', 'pending', 'paid', 'failed')", name="state_known"),
        CheckConstraint("(rail = 'stripe') = (link_id IS NOT NULL)", name="card_has_link"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="paid_when_paid"),
        CheckConstraint("credits > 0 AND amount > 0", name="amounts_positive"),
    )

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(32), unique=True)
    """128 random bits: Stripe's client_reference_id, the payload of a Stars invoice, the deep link `paid_<token>`."""
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    pack_id: Mapped[int] = mapped_column(BigId, ForeignKey("packs.id"))
    rail: Mapped[str] = mapped_column(String(8))
    credits: Mapped[int]
    amount: Mapped[int]
    """In the smallest unit of `currency`; whole Stars for XTR."""
    currency: Mapped[str] = mapped_column(String(3))
    link_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("pack_links.id"))
    draft_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("drafts.id"))
    """What they were about to generate when credits ran short."""
    album_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("albums.id"))
    state: Mapped[str] = mapped_column(String(16), default="open")
    """open; pending: a delayed payment is under way; paid; failed: a delayed payment did not come."""
    message_id: Mapped[int | None]
    """The chat message that offers to pay it."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[CreatedAt]
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Payment(Base):
    """Money that moved at a vendor, a row a charge: credited to somebody, given back, or waiting for an admin."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("rail", "external_id"),
        CheckConstraint(RAIL_KNOWN, name="rail_known"),
        CheckConstraint("state IN ('credited', 'unmatched', 'returned')", name="state_known"),
        CheckConstraint("state <> 'credited' OR (user_id IS NOT NULL AND credits > 0)", name="credited_to_somebody"),
        CheckConstraint("state = 'credited' OR problem IS NOT NULL", name="problem_told"),
        CheckConstraint(
            "refund_taken >= 0 AND dispute_taken >= 0 AND refund_taken + dispute_taken <= credits",
            name="taken_in_bounds",
        ),
    )

    id: Mapped[Id]
    rail: Mapped[str] = mapped_column(String(8))
    external_id: Mapped[str] = mapped_column(String(255))
    """The charge at the vendor: a PaymentIntent (of a session without one: the session), a Stars charge id."""
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("orders.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    """Who has the credits of it."""
    payer_id: Mapped[int | None] = mapped_column(BigInteger)
    """The Telegram account that paid, where the rail tells."""
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(8))
    credits: Mapped[int] = mapped_column(default=0)
    """What was credited for it; 0 while unmatched."""
    refund_taken: Mapped[int] = mapped_column(default=0)
    """Credits taken back because of refunds, and (below) of disputes."""
    dispute_taken: Mapped[int] = mapped_column(default=0)
    moves: Mapped[int] = mapped_column(default=0)
    """How often credits moved because of it: numbers the keys of those transfers."""
    state: Mapped[str] = mapped_column(String(16))
    """credited; unmatched: on the list for an admin; returned: was unmatched, and the money went back."""
    problem: Mapped[str | None] = mapped_column(String(24))
    """Why it was not matched: services.payments.facts.Problem."""
    receipt_url: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class Reversal(Base):
    """A refund or a dispute, as the vendor last told of it. It may be known before the payment it is about."""

    __tablename__ = "reversals"
    __table_args__ = (
        UniqueConstraint("rail", "external_id"),
        CheckConstraint(RAIL_KNOWN, name="rail_known"),
        CheckConstraint("kind IN ('refund', 'dispute')", name="kind_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_reversals_charge", "rail", "charge_id"),
    )

    id: Mapped[Id]
    rail: Mapped[str] = mapped_column(String(8))
    external_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(8))
    charge_id: Mapped[str] = mapped_column(String(255))
    """`payments.external_id` of what is reversed."""
    amount: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(32))
    rank: Mapped[int]
    """How far along `status` is: news that comes late never turns it back."""
    created_at: Mapped[CreatedAt]


class Reconciliation(Base):
    """One look at a vendor's own list of what happened, and what was mended because no webhook had told of it."""

    __tablename__ = "reconciliations"
    __table_args__ = (CheckConstraint(RAIL_KNOWN, name="rail_known"), Index("ix_reconciliations_rail_id", "rail", "id"))

    id: Mapped[Id]
    rail: Mapped[str] = mapped_column(String(8))
    cursor: Mapped[int] = mapped_column(BigInteger)
    """Where the next look begins: seconds since 1970 for Stripe, how many transactions were seen for Stars."""
    looked_at: Mapped[int]
    """How many events or transactions the vendor listed."""
    mended: Mapped[list[str]] = mapped_column(JSON)
    """A line for each thing that had been missing."""
    created_at: Mapped[CreatedAt]


class WantedLook(Base):
    """Somebody of staff wants a vendor's list looked at now. A look that came to its end since then has done it."""

    __tablename__ = "wanted_looks"
    __table_args__ = (CheckConstraint(RAIL_KNOWN, name="rail_known"),)

    rail: Mapped[str] = mapped_column(String(8), primary_key=True)
    wanted_at: Mapped[CreatedAt]
