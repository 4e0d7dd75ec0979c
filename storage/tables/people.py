"""Users, and what the bot is in the middle of with each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.clock import UtcDateTime
from storage.tables.base import Base, CreatedAt, Id


class User(Base):
    __tablename__ = "users"

    id: Mapped[Id]
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    """The person's id at Telegram, which is also the id of their private chat with the bot."""
    first_name: Mapped[str]
    username: Mapped[str | None]
    language: Mapped[str] = mapped_column(String(8))
    """The language the bot speaks with them: en, es or ru."""
    language_chosen: Mapped[bool] = mapped_column(default=False)
    """True once they chose it themselves; until then it follows Telegram's setting."""
    default_duration_s: Mapped[int] = mapped_column(default=5)
    default_shape: Mapped[str | None] = mapped_column(String(8))
    """None: the photo's own shape."""
    dialogue: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the next text means (see services.dialogue). Losing it costs the user a step, nothing more."""
    referral_code: Mapped[str | None] = mapped_column(String(16), index=True, unique=True)
    """What friends come with, in the deep link `ref_<code>` or typed. None until they ask for it."""
    unreachable_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the bot is blocked by them: sends stop, jobs go on."""
    banned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing they send is answered. Their credits stay theirs."""
    news_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when they want no messages that go to many."""
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When they last wrote or tapped, to within an hour."""
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing personal is kept of them: what is left is what the books need."""
    created_at: Mapped[CreatedAt]
