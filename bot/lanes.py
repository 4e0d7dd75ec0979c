"""Updates of one chat in their order, of different chats side by side."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

AT_ONCE = 24
"""How many chats are served at the same moment; one chat never takes more than one of these places."""


class Lanes:
    """A queue a chat. Nobody waits behind another chat's thousand updates."""

    def __init__(self) -> None:
        self._waiting: dict[object, deque[Callable[[], Awaitable[None]]]] = {}
        self._running: set[asyncio.Future[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    def put(self, lane: object, work: Callable[[], Awaitable[None]], *, urgent: bool = False) -> None:
        """Do the work when its lane's turn comes; what is urgent is begun at once, whatever else is going on."""
        if urgent:
            self._begin(work())
            return
        waiting = self._waiting.get(lane)
        if waiting is not None:
            waiting.append(work)
            return
        self._waiting[lane] = deque([work])
        self._begin(self._run(lane))

    async def drain(self, seconds: float) -> None:
        """Wait for what was put; what is not done in time is left (it is in the inbox)."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, lane: object) -> None:
        waiting = self._waiting[lane]
        try:
            while waiting:
                async with self._places:
                    await waiting.popleft()()
        finally:
            del self._waiting[lane]
