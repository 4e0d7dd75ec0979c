"""What the sandbox does by itself when its time has come: bank debits settle, sessions expire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

from sandbox.store import Store

# A moved clock is noticed this soon, in seconds.
_LOOK_AGAIN = 1.0


@dataclass(frozen=True, slots=True)
class Chore:
    """Do `what` with an object at a time (Unix). `root` is the address its pages have."""

    what: str
    object_id: str
    at: float
    root: str

    @property
    def key(self) -> str:
        """The key this chore is stored under."""
        return f"{self.what}/{self.object_id}"


class Chores:
    """What is still to be done; whoever does it is given to `run`."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._waiting = {chore.key: chore for chore in (Chore(**saved) for saved in store.load("chore"))}
        self._news = asyncio.Event()

    def add(self, what: str, object_id: str, at: float, root: str) -> None:
        """Put something off until a time."""
        chore = Chore(what, object_id, at, root)
        self._waiting[chore.key] = chore
        self._store.put("chore", chore.key, asdict(chore))
        self._news.set()

    async def run(self, do: Callable[[Chore], None]) -> None:
        """Do what is due, until cancelled."""
        while True:
            self._news.clear()
            now = self._clock()
            for chore in [chore for chore in self._waiting.values() if chore.at <= now]:
                with self._store.together():
                    del self._waiting[chore.key]
                    self._store.remove("chore", chore.key)
                    do(chore)
            soonest = min((chore.at - now for chore in self._waiting.values()), default=_LOOK_AGAIN)
            # Not wait_for: until Python 3.12 it can lose a cancellation that meets the news.
            with suppress(TimeoutError):
                async with asyncio.timeout(min(soonest, _LOOK_AGAIN)):
                    await self._news.wait()

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._store.clear("chore")
