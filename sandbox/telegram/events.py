"""The stream of things a person's screen must learn about."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from sandbox.store import Counter, Store
from sandbox.telegram.model import Json

KEPT = 5000
_BLOCK = 1000


@dataclass(frozen=True)
class Event:
    """One thing that happened; `kind` is the SSE event name, None ids mean that it concerns all."""

    number: int
    kind: str
    bot_id: int | None
    person_id: int | None
    data: Json

    def concerns(self, bot_id: int | None, person_id: int | None) -> bool:
        """Tell whether somebody who listens to this bot and person (None for all) wants the event."""
        wanted = ((bot_id, self.bot_id), (person_id, self.person_id))
        return all(None in pair or pair[0] == pair[1] for pair in wanted)


class Events:
    """A numbered log in memory that can be followed. Numbers go on rising after a restart."""

    def __init__(self, store: Store) -> None:
        self._counter = Counter(store, "events", block=_BLOCK)
        self._log: deque[Event] = deque(maxlen=KEPT)
        self._news = asyncio.Event()

    @property
    def last(self) -> int:
        """The number of the latest event."""
        return self._counter.value

    def publish(self, kind: str, bot_id: int | None, person_id: int | None, data: Json) -> None:
        """Append an event and wake everybody who follows."""
        ids = {name: id_ for name, id_ in (("bot_id", bot_id), ("person_id", person_id)) if id_ is not None}
        self._log.append(Event(self._counter.next(), kind, bot_id, person_id, data | ids))
        self.wake()

    def wake(self) -> None:
        """Let everybody who follows look again."""
        self._news.set()
        self._news = asyncio.Event()

    def missed(self, after: int) -> bool:
        """Tell whether somebody who saw everything up to `after` can no longer be brought up to date."""
        oldest = self._log[0].number if self._log else self.last + 1
        return after > self.last or (after < oldest - 1 and after != self.last)

    def since(self, after: int) -> list[Event]:
        """Return the kept events with a greater number, oldest first."""
        if not self._log:
            return []
        return list(islice(self._log, max(0, after + 1 - self._log[0].number), None))

    async def wait(self, after: int, seconds: float) -> list[Event]:
        """Return the events with a greater number; if there are none, wait that long for one."""
        news, found = self._news, self.since(after)
        if not found:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await news.wait()
        return found or self.since(after)
