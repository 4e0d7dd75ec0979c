"""The values in force, as every process sees them within moments of their being set."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.errors import AlreadyDone, NotYours, ValueNotUsable
from services.live.values import Values
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.database import Database
from storage.tables import User, ValueChange

log = structlog.get_logger(__name__)
GLANCE_SECONDS: Final = 2.0
"""How old the picture may be before somebody looks again."""
PAGE: Final = 6


@dataclass(frozen=True, slots=True)
class Change:
    change: ValueChange
    actor: User


class Live:
    """`now` is the picture in force. Who serves people calls `refresh()` before each: mostly it does nothing."""

    def __init__(self, db: Database, defaults: Values) -> None:
        self._db = db
        self.defaults = defaults
        self.now = defaults
        self._known: dict[str, Any] = {}
        """What was set, of that."""
        self._looked = -GLANCE_SECONDS
        self._told: list[Callable[[Values], None]] = []

    def tell(self, changed: Callable[[Values], None]) -> None:
        """Call it now, and whenever a value has changed."""
        self._told.append(changed)
        changed(self.now)

    async def refresh(self, *, at_once: bool = False) -> Values:
        if at_once or time.monotonic() - self._looked >= GLANCE_SECONDS:
            self._looked = time.monotonic()
            newest = select(func.max(ValueChange.id)).group_by(ValueChange.name)
            async with self._db.reading() as session:
                rows = (await session.execute(select(ValueChange).where(ValueChange.id.in_(newest)))).scalars()
                self._adopt({row.name: row.value for row in rows})
        return self.now

    async def follow(self) -> None:
        """Until cancelled: keep the picture fresh in a process that nobody writes to."""
        while True:
            try:
                await self.refresh(at_once=True)
            except SQLAlchemyError as error:  # the database is away: what was in force stays so
                log.warning("values cannot be read", error=type(error).__name__)
            await asyncio.sleep(GLANCE_SECONDS)

    async def set(self, actor: Actor, name: str, value: Any) -> Values:
        """From now on. `None`: as the environment says. Raises ValueNotUsable, AlreadyDone when that is what it is."""
        await self.refresh(at_once=True)
        self._check(name, value)
        async with self._db.transaction() as session:
            newest = select(ValueChange).where(ValueChange.name == name).order_by(ValueChange.id.desc()).limit(1)
            known = await session.scalar(newest)
            before = known.value if known else None
            if before == value:
                raise AlreadyDone
            session.add(ValueChange(name=name, value=value, actor_id=actor.user_id))
            facts = {"value": before}, {"value": value}
            await record(session, actor, Action.VALUE_SET, f"value:{name}", before=facts[0], after=facts[1])
        return await self.refresh(at_once=True)

    async def back(self, actor: Actor, change_id: int) -> Values:
        """Set a value to what it was with an earlier change. Raises NotYours, AlreadyDone, ValueNotUsable."""
        async with self._db.reading() as session:
            change = await session.get(ValueChange, change_id)
        if change is None:
            raise NotYours
        return await self.set(actor, change.name, change.value)

    async def history(self, name: str, page: int = 0) -> tuple[list[Change], int]:
        """A page of what a value has been, newest first, and how many changes there were."""
        mine = ValueChange.name == name
        async with self._db.reading() as session:
            total = (await session.execute(select(func.count()).select_from(ValueChange).where(mine))).scalar_one()
            query = select(ValueChange, User).join(User, User.id == ValueChange.actor_id).where(mine)
            found = await session.execute(query.order_by(ValueChange.id.desc()).limit(PAGE).offset(page * PAGE))
            return [Change(change, actor) for change, actor in found], total

    def _check(self, name: str, value: Any) -> None:
        if name not in Values.model_fields:
            raise NotYours
        if value is None:
            return
        try:
            Values.model_validate({name: value})
        except ValidationError as error:
            raise ValueNotUsable(name, error.errors()[0]["msg"]) from error

    def _adopt(self, values: dict[str, Any]) -> None:
        known = {name: value for name, value in values.items() if value is not None and name in Values.model_fields}
        if known == self._known:
            return
        self._known = known
        try:
            self.now = Values.model_validate({**self.defaults.model_dump(), **known})
        except ValidationError:  # of a newer version of this program
            log.exception("values cannot be used")
            return
        for told in self._told:
            told(self.now)
