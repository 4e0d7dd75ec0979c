"""The values in force, as every process sees them within moments of their being set."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import AlreadyDone, ChangedMeanwhile, NotYours, ValueNotUsable
from services.live.values import Values
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.database import Database
from storage.serialise import one_at_a_time
from storage.tables import User, ValueChange

log = structlog.get_logger(__name__)
GLANCE_SECONDS: Final = 2.0
"""How old the picture may be before somebody looks again."""
PAGE: Final = 6
DEPTH: Final = 200
"""How many changes of a value are searched for those of a part of it."""


@dataclass(frozen=True, slots=True)
class Change:
    change: ValueChange
    actor: User


@dataclass(frozen=True, slots=True)
class Standing:
    """One value at one moment."""

    value: Any
    """In force, as JSON has it."""
    usual: Any
    """What the environment says."""
    seen: int
    """Its newest change, 0 for none: whoever decides by this tells `set`."""


class Live:
    """`now` is the picture in force. Who serves people calls `refresh()` before each: mostly it does nothing."""

    def __init__(self, db: Database, defaults: Values) -> None:
        self._db = db
        self.defaults = defaults
        self.now = defaults
        self._known: dict[str, Any] = {}
        """What was set, of that."""
        self._newest = 0
        """The newest change of that."""
        self._changes = 0
        """How many there were when all of them were read."""
        self._looked = -GLANCE_SECONDS
        self._told: list[Callable[[Values], None]] = []

    def tell(self, changed: Callable[[Values], None]) -> None:
        """Call it now, and whenever a value has changed."""
        self._told.append(changed)
        changed(self.now)

    def values(self) -> Values:
        """The picture in force, for whoever asks anew each time."""
        return self.now

    async def refresh(self, *, at_once: bool = False) -> Values:
        if at_once or time.monotonic() - self._looked >= GLANCE_SECONDS:
            self._looked = time.monotonic()
            newest = select(func.max(ValueChange.id)).group_by(ValueChange.name)
            async with self._db.reading() as session:
                # Nothing is ever taken away: as many as before are the same. The highest id would not tell of one that
                # was given a lower and committed later.
                changes = (await session.execute(select(func.count()).select_from(ValueChange))).scalar_one()
                if changes == self._changes:
                    return self.now
                query = select(ValueChange).where(ValueChange.id.in_(newest)).order_by(ValueChange.name)
                rows = (await session.scalars(query)).all()
            self._changes = changes  # only now: what could not be read is read again
            self._adopt(rows)
        return self.now

    async def follow(self) -> None:
        """Until cancelled: keep the picture fresh in a process that nobody writes to."""
        while True:
            try:
                await self.refresh(at_once=True)
            except SQLAlchemyError as error:  # the database is away: what was in force stays so
                log.warning("values cannot be read", error=type(error).__name__)
            await asyncio.sleep(GLANCE_SECONDS)

    async def standing(self, name: str) -> Standing:
        """How a value stands, to decide by. Raises NotYours."""
        if name not in Values.model_fields:
            raise NotYours
        async with self._db.reading() as session:
            known = await _newest(session, name)
        usual = self.defaults.model_dump(mode="json")[name]
        value = usual if known is None or known.value is None else known.value
        return Standing(value, usual, known.id if known else 0)

    async def set(self, actor: Actor, name: str, value: Any, *, seen: int | None = None) -> Values:
        """From now on. `None`: as the environment says. `seen`: the newest change that the actor knew of, 0 for none.

        Raises ValueNotUsable, AlreadyDone when that is what it is, ChangedMeanwhile.
        """
        await self.refresh(at_once=True)
        self.check(name, value)
        async with self._db.transaction() as session:
            await one_at_a_time(session, f"value:{name}")
            known = await _newest(session, name)
            if seen is not None and seen != (known.id if known else 0):
                raise ChangedMeanwhile
            before = known.value if known else None
            if same(before, value):
                raise AlreadyDone
            session.add(ValueChange(name=name, value=value, actor_id=actor.user_id))
            facts = {"value": before}, {"value": value}
            await record(session, actor, Action.VALUE_SET, f"value:{name}", before=facts[0], after=facts[1])
        return await self.refresh(at_once=True)

    async def change(self, name: str, change_id: int) -> Change:
        """What a value was set to once. Raises NotYours."""
        async with self._db.reading() as session:
            query = select(ValueChange, User).join(User, User.id == ValueChange.actor_id)
            found = await session.execute(query.where(ValueChange.id == change_id, ValueChange.name == name))
            row = found.one_or_none()
        if row is None:
            raise NotYours
        return Change(*row)

    async def history(
        self, name: str, page: int = 0, part: Callable[[Any], Any] = lambda whole: whole
    ) -> tuple[list[Change], int]:
        """A page of what a value has been, newest first, and how many changes there were.

        `part`: only those that changed what this takes out of it, among the newest DEPTH ones.
        """
        async with self._db.reading() as session:
            query = select(ValueChange, User).join(User, User.id == ValueChange.actor_id)
            newest = query.where(ValueChange.name == name).order_by(ValueChange.id.desc()).limit(DEPTH)
            found = [Change(change, actor) for change, actor in await session.execute(newest)]
        usual = self.defaults.model_dump(mode="json").get(name)
        parts = [part(usual if one.change.value is None else one.change.value) for one in found]
        older = [*parts[1:], part(usual)]
        kept = [one for one, now, then in zip(found, parts, older, strict=True) if not same(now, then)]
        return kept[page * PAGE : (page + 1) * PAGE], len(kept)

    def check(self, name: str, value: Any) -> None:
        """Raises ValueNotUsable for what is out of its bounds, NotYours for what is no value."""
        if name not in Values.model_fields:
            raise NotYours
        if value is None:
            return
        try:
            Values.model_validate({name: value})
        except ValidationError as error:
            raise ValueNotUsable(name, error.errors()[0]["msg"]) from error

    def _adopt(self, rows: Sequence[ValueChange]) -> None:
        newest = max((row.id for row in rows), default=0)
        if newest < self._newest:
            return  # somebody looked later than this, and was told sooner
        self._newest = newest
        set_ = {row.name: row.value for row in rows if row.value is not None}
        known = {name: value for name, value in set_.items() if name in Values.model_fields}
        if same(known, self._known):
            return
        self._known = known
        try:
            self.now = Values.model_validate({**self.defaults.model_dump(), **known})
        except ValidationError:  # of a newer version of this program
            log.exception("values cannot be used")
            return
        for told in self._told:
            told(self.now)


def same(one: Any, other: Any) -> bool:
    """Also in their order: of vendors, that is what is meant."""
    return json.dumps(one) == json.dumps(other)


async def _newest(session: AsyncSession, name: str) -> ValueChange | None:
    mine = select(ValueChange).where(ValueChange.name == name)
    return cast("ValueChange | None", await session.scalar(mine.order_by(ValueChange.id.desc()).limit(1)))
