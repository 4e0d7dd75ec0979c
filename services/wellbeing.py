"""Looking after the house itself: what its owners must know of before people notice it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from services.alerts import Alerts
from services.jobs import states
from services.jobs.dead import is_dead
from services.live.live import Live
from services.payments.facts import STRIPE
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.tables import Job, Reconciliation

PATIENCE_SECONDS: Final = 600.0
"""How long a job may wait past its turn, unless it was paused."""
LATELY_SECONDS: Final = 3600.0
FREE_BYTES: Final = 1024**3
FREE_SHARE: Final = 0.05
"""A disk with less than this share free, or fewer bytes, is nearly full."""


@dataclass(frozen=True, slots=True)
class Free:
    """What is left of the disk a folder lies on, in bytes."""

    folder: Path
    left: int
    total: int

    @property
    def short(self) -> bool:
        return self.left < max(FREE_BYTES, self.total * FREE_SHARE)


def free(folder: Path) -> Free:
    """Of the nearest folder that is there already."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    usage = shutil.disk_usage(there)
    return Free(folder, usage.free, usage.total)


class Wellbeing:
    def __init__(self, db: Database, alerts: Alerts, live: Live, *, folders: Sequence[Path], webhook: bool) -> None:
        """`folders`: where this machine keeps what must not run out of room; `webhook`: Stripe is to call us."""
        self._db = db
        self._alerts = alerts
        self._live = live
        self._folders = folders
        self._webhook = webhook

    async def look(self) -> None:
        """Everything once. The same is told once an hour (services.alerts)."""
        await self._queue()
        await self._dead_letters()
        await self._mended()
        for folder in self._folders:
            left = await asyncio.to_thread(free, folder)
            if left.short:
                await self._alerts.send("disk_full", about=str(folder), detail=left.left // 1024**2)

    async def _queue(self) -> None:
        values = self._live.now
        waiting = (Job.state == states.QUEUED) & (Job.due_at < now_plus(-PATIENCE_SECONDS))
        waiting &= Job.provider.not_in(values.paused_makers)
        async with self._db.reading() as session:
            count, oldest, now = (
                await session.execute(select(func.count(), func.min(Job.due_at), db_now()).where(waiting))
            ).one()
        if count and not values.paused:
            minutes = (now - oldest) // timedelta(minutes=1)
            await self._alerts.send("queue_old", about="queue", detail=minutes)

    async def _dead_letters(self) -> None:
        lately = is_dead() & (Job.finished_at > now_plus(-LATELY_SECONDS))
        async with self._db.reading() as session:
            count = (await session.execute(select(func.count()).select_from(Job).where(lately))).scalar_one()
        if count:
            await self._alerts.send("dead_letters", about="jobs", detail=count)

    async def _mended(self) -> None:
        """Without a webhook, looking at Stripe's list is how payments are found at all: then it mends nothing."""
        lately = select(Reconciliation).where(Reconciliation.created_at > now_plus(-LATELY_SECONDS))
        async with self._db.reading() as session:
            looks = [one for one in (await session.execute(lately)).scalars() if one.mended]
        for one in looks:
            if one.rail != STRIPE:
                await self._alerts.send("mended", about=one.rail, detail=len(one.mended), once=str(one.id))
            elif self._webhook:
                await self._alerts.send("webhook_silent", about=one.rail, detail=len(one.mended), once=str(one.id))
