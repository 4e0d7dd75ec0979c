"""What looking at the vendors' own lists has mended, and wanting such a look now.

A worker looks (worker.payment_duties), within seconds of being asked: here it is only written down that one is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, String, cast, exists, select, update

from services.errors import AlreadyDone
from services.payments.facts import Rail
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.clock import db_now
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Reconciliation, WantedLook

PAGE: Final = 8
LATEST: Final = 200
"""How many looks that mended something are shown at most: of older ones nobody asks."""


def is_open() -> ColumnElement[bool]:
    """No look has come to its end since one was wanted: one that was under way then counts, though it began before."""
    since = (Reconciliation.rail == WantedLook.rail) & (Reconciliation.created_at >= WantedLook.wanted_at)
    return ~exists().where(since).correlate(WantedLook)


@dataclass(frozen=True, slots=True)
class Looked:
    rail: Rail
    last: Reconciliation | None
    """The newest look that came to its end."""
    wanted: bool


@dataclass(frozen=True, slots=True)
class Mended:
    rail: str
    at: datetime
    what: str
    """In English, as it stands in the log."""


@dataclass(frozen=True, slots=True)
class LooksPage:
    rails: list[Looked]
    mended: list[Mended]
    page: int
    total: int
    """How many lines there are on all pages."""


class Looks:
    def __init__(self, db: Database, rails: Sequence[Rail]) -> None:
        """`rails`: whose lists this deployment looks at."""
        self._db = db
        self._rails = rails

    async def shown(self, page: int = 0) -> LooksPage:
        """How it stands, and a page of what was mended, newest first."""
        found = cast(Reconciliation.mended, String) != "[]"
        async with self._db.reading() as session:
            rails = []
            for rail in self._rails:
                newest = select(Reconciliation).where(Reconciliation.rail == rail).order_by(Reconciliation.id.desc())
                wanted = await session.scalar(select(WantedLook.rail).where(WantedLook.rail == rail, is_open()))
                rails.append(Looked(rail, await session.scalar(newest.limit(1)), wanted is not None))
            query = select(Reconciliation).where(found).order_by(Reconciliation.id.desc()).limit(LATEST)
            looks = (await session.execute(query)).scalars().all()
        lines = [Mended(look.rail, look.created_at, line) for look in looks for line in look.mended]
        return LooksPage(rails, lines[page * PAGE : (page + 1) * PAGE], page, len(lines))

    async def want(self, actor: Actor) -> None:
        """Have all vendors' lists looked at as soon as a worker can. Raises AlreadyDone: that is wanted already."""
        async with self._db.transaction() as session:
            wanted = []
            for rail in self._rails:
                again = update(WantedLook).where(WantedLook.rail == rail, ~is_open()).values(wanted_at=db_now())
                again = again.execution_options(synchronize_session=False)
                new = await insert_once(session, WantedLook, rail=rail) is not None
                if new or changed_one(await session.execute(again)):
                    wanted.append(rail)
            if not wanted:
                raise AlreadyDone
            for rail in wanted:
                await record(session, actor, Action.LOOK_WANTED, f"rail:{rail}")
