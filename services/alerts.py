"""Telling the owners what needs them. The same thing is told once an hour, however often it happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select

from services import outbox
from storage.database import Database
from storage.tables import User

Alert = Literal[
    "vendor_out_of_credit",
    "vendor_resting",
    "checks_fail",
    "queue_old",
    "dead_letters",
    "mended",
    "webhook_silent",
    "signatures_fail",
    "disk_full",
]


class Alerts:
    def __init__(self, db: Database, *, owners: Sequence[int]) -> None:
        """`owners`: Telegram ids. Who never wrote to the bot cannot be written to."""
        self._db = db
        self._owners = owners

    async def send(self, alert: Alert, *, about: str, detail: int | None = None, once: str | None = None) -> None:
        """`detail`: how many, how long, when it is first told; `once`: it is told once for this, not hourly."""
        hour = once or datetime.now(UTC).strftime("%Y%m%d%H")
        async with self._db.transaction() as session:
            here = select(User.id).where(User.telegram_id.in_(self._owners), User.unreachable_at.is_(None))
            for owner in (await session.execute(here.order_by(User.id))).scalars():
                key = f"alert:{alert}:{about}:{hour}:{owner}"
                payload = {"alert": alert, "about": about, "detail": detail}
                await outbox.put(session, key=key, user_id=owner, kind="alert", payload=payload)
