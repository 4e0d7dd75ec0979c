"""Hints that a vendor has news of a piece of work. They come unsigned: all they can do is have the vendor asked soon.

However many come, and from whom: a vendor is not asked about one piece of work more often than it likes to be.
"""

from __future__ import annotations

import structlog
from sqlalchemy import and_, case, or_, select, update

from services.catalogue import Catalogue
from services.jobs.queue import Wake
from services.jobs.watcher import parked
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Job

log = structlog.get_logger(__name__)


class Hints:
    def __init__(self, db: Database, catalogue: Catalogue, wake: Wake) -> None:
        self._db = db
        self._catalogue = catalogue
        self._wake = wake

    async def heard(self, vendor: str, token: str) -> None:
        """Somebody says that there is news of what was submitted to `vendor` under `token`. It may be anybody."""
        provider = self._catalogue.providers.get(vendor)
        if provider is None:
            return
        rested = or_(Job.asked_at.is_(None), Job.asked_at <= now_plus(-provider.poll_seconds))
        sooner = case((rested, db_now()), else_=now_plus(provider.poll_seconds))
        meant = and_(Job.provider == vendor, Job.next_poll_at > sooner, *parked())
        # Looked up by the token alone: with all the conditions in its sight SQLite walks over whatever is at vendors.
        known = select(Job.id, rested.label("rested"), meant.label("meant")).where(Job.submission_token == token)
        async with self._db.reading() as session:
            found = (await session.execute(known)).first()
        if found is None or not found.meant:
            return  # unknown, over, or to be asked about soon as it is: a flood of hints writes nothing
        async with self._db.transaction() as session:
            # The condition says it again: of many at once the first brings it forward, and no other does.
            mine = (Job.id == found.id) & (Job.submission_token == token) & meant
            moved = changed_one(await session.execute(update(Job).where(mine).values(next_poll_at=sooner)))
        log.info("vendor says there is news", job_id=found.id, provider=vendor)
        if moved and found.rested:
            await self._wake(found.id)
