"""What makes a project a film: its music, and the files it was joined into."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, BigId, CreatedAt, Id


class Soundtrack(Base):
    """The music of a project. Seconds and percent say how it is played; the file itself is never changed."""

    __tablename__ = "soundtracks"
    __table_args__ = (
        CheckConstraint("origin IN ('sent', 'made')", name="origin_known"),
        CheckConstraint("seconds > 0", name="has_a_length"),
        CheckConstraint("start_s >= 0 AND start_s < seconds", name="starts_inside"),
        CheckConstraint("fade_in_s >= 0 AND fade_out_s >= 0", name="fades_not_negative"),
        CheckConstraint("volume BETWEEN 1 AND 100", name="volume_in_percent"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(BigId, ForeignKey("projects.id"), unique=True)
    origin: Mapped[str] = mapped_column(String(8))
    """`sent` by its owner, or `made`: one of our own tracks."""
    title: Mapped[str] = mapped_column(String(64))
    """What it is called: the title it came with, or the name of our track."""
    audio_key: Mapped[str]
    """AAC in an MP4 file (.m4a), 48 kHz stereo, in the object store. A made track's object is shared by all."""
    seconds: Mapped[float]
    loops: Mapped[bool] = mapped_column(default=True)
    """It begins anew, without a seam where it is one of ours, when the film is longer."""
    start_s: Mapped[float] = mapped_column(default=0.0)
    """From where in the track it is played."""
    fade_in_s: Mapped[float] = mapped_column(default=0.0)
    fade_out_s: Mapped[float] = mapped_column(default=2.0)
    """At the end of the film."""
    volume: Mapped[int] = mapped_column(default=100)
    fitted_key: Mapped[str | None]
    """The track as one film has it: cut to its length, faded, at its volume. Encoded once and copied ever after."""
    fitted_for: Mapped[str | None] = mapped_column(String(64))
    """A digest of all that the fitted track depends on; None: something of that has changed (`services.fitting`)."""
    audio_file_id: Mapped[str | None]
    """Telegram's id of the audio, as it came or was last sent."""
    created_at: Mapped[CreatedAt]


class Film(Base):
    """A project joined into one file, or on its way there; what its job has to do stands in its job."""

    __tablename__ = "films"
    __table_args__ = (UniqueConstraint("project_id", "number"), UniqueConstraint("job_id"))

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    project_id: Mapped[int] = mapped_column(BigId, ForeignKey("projects.id"))
    number: Mapped[int]
    """1, 2, 3 … among the films of its project."""
    job_id: Mapped[int] = mapped_column(BigId, ForeignKey("jobs.id"))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """Of clips, music and options: the same order again is answered with the film that is there."""
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`height`, `music`, `transition`, `title`."""
    card_message_id: Mapped[int | None]
    video_key: Mapped[str | None]
    """None until it is made."""
    thumbnail_key: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[float | None]
    size_bytes: Mapped[int | None] = mapped_column(BigId)
    video_file_id: Mapped[str | None]
    message_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FilmPart(Base):
    """A clip, or the passage between two, as films of one size have it: made once and copied by the next film.

    The row is there before its object is, so that no object is ever without one.
    """

    __tablename__ = "film_parts"
    __table_args__ = (UniqueConstraint("part_key"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(BigId, ForeignKey("projects.id"), index=True)
    part_key: Mapped[str]
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When a film last needed it: what none needs any more goes."""
