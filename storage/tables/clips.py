"""What people make: drafts, the takes that come of them, and the projects that keep the approved ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime, db_now
from storage.tables.base import Base, BigId, CreatedAt, Id


class Album(Base):
    """Photos sent together: one draft each, and one card for them all."""

    __tablename__ = "albums"
    __table_args__ = (UniqueConstraint("user_id", "media_group_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    media_group_id: Mapped[str] = mapped_column(String(64))
    card_message_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]


class Draft(Base):
    """A photo and what should happen in it; each Generate makes a job of it, each success a take."""

    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("user_id", "source_key"),
        CheckConstraint("state IN ('open', 'working', 'closed')", name="state_known"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    album_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("albums.id"), index=True)
    source_key: Mapped[str] = mapped_column(String(80))
    """The message it came from: the same message delivered twice makes one draft."""
    photo_key: Mapped[str]
    """The normalised JPEG in the object store."""
    photo_width: Mapped[int]
    photo_height: Mapped[int]
    prompt: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(String(64))
    shape: Mapped[str] = mapped_column(String(8))
    duration_s: Mapped[int]
    round: Mapped[int] = mapped_column(default=0)
    """Grows with each Generate, so that a button of an earlier round does nothing."""
    state: Mapped[str] = mapped_column(String(16), default="open")
    """open: can be changed; working: its jobs are under way; closed: put away by its owner."""
    card_message_id: Mapped[int | None]
    photo_file_id: Mapped[str | None]
    """Telegram's id of the card's picture: sending it again costs nothing."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Its photo is gone from the store: nothing more can be made of it."""
    created_at: Mapped[CreatedAt]


class Take(Base):
    """A finished clip. Kept until its owner discards it."""

    __tablename__ = "takes"
    __table_args__ = (UniqueConstraint("job_id"), UniqueConstraint("draft_id", "number"))

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    draft_id: Mapped[int] = mapped_column(BigId, ForeignKey("drafts.id"), index=True)
    job_id: Mapped[int] = mapped_column(BigId, ForeignKey("jobs.id"))
    number: Mapped[int]
    """1, 2, 3 … among the takes of its draft."""
    prompt: Mapped[str]
    video_key: Mapped[str]
    thumbnail_key: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    seconds: Mapped[float]
    size_bytes: Mapped[int]
    gift: Mapped[bool] = mapped_column(default=False)
    """It came after its job had failed and the credits were back: it costs nothing."""
    video_file_id: Mapped[str | None]
    message_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    discarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Its objects are gone from the store: it can be neither shown nor approved."""


class Project(Base):
    """Approved clips in an order: a film to be."""

    __tablename__ = "projects"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(64))
    """None until its owner names it; then it is called by its number."""
    number: Mapped[int]
    """1, 2, 3 … among its owner's projects."""
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=db_now())
    """The current project is the one chosen last."""
    transition: Mapped[str] = mapped_column(String(8), default="cut")
    """How one clip gives way to the next, in the player and in films."""
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nothing is approved into it any more, until its owner opens it again."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Out of sight, and for a minute still to be had back; then what only it kept is swept."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Its objects are gone from the store."""
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("user_id", "number"),
        CheckConstraint("transition IN ('cut', 'fade', 'cross')", name="transition_known"),
        CheckConstraint("erased_at IS NULL OR deleted_at IS NOT NULL", name="deleted_before_erased"),
    )


class Clip(Base):
    """A place in a project and the take that was approved for it. One place a draft."""

    __tablename__ = "clips"
    __table_args__ = (
        UniqueConstraint("project_id", "draft_id"),
        Index("uq_clips_project_position", "project_id", "position", unique=True),
        CheckConstraint("position >= 1", name="position_from_one"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(BigId, ForeignKey("projects.id"))
    draft_id: Mapped[int] = mapped_column(BigId, ForeignKey("drafts.id"))
    take_id: Mapped[int] = mapped_column(BigId, ForeignKey("takes.id"), index=True)
    position: Mapped[int]
    caption: Mapped[str | None] = mapped_column(String(120))
    """Its owner's words, shown while it plays."""
    created_at: Mapped[CreatedAt]
