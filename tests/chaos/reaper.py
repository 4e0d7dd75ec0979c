"""Who kills, pauses and restarts the processes of a world, at random."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from tests.chaos.plan import Plan
from tests.chaos.stage import Stage

PAUSE_SECONDS = (21.0, 25.0)
"""Past the lease of a job (20 s), and of every duty."""
LONG_PAUSE_SECONDS = 63.0
"""Past the lease of a message."""
LONG_SHARE = 0.1
STOP_SHARE = 0.1
WEB_SHARE = 0.05


class Reaper:
    def __init__(self, stage: Stage, plan: Plan, dice: random.Random) -> None:
        self._stage = stage
        self._plan = plan
        self._dice = dice

    async def run(self) -> None:
        """Until cancelled; whoever is paused then goes on."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kill())
            group.create_task(self._pause(group))

    async def _kill(self) -> None:
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / self._plan.kill_seconds))
            self._stage.look_after()
            name = self._victim(web=self._dice.random() < WEB_SHARE)
            if name is None:
                continue
            if self._dice.random() < STOP_SHARE:
                await self._meanwhile(name, self._stage.restart(name))
            else:
                await self._meanwhile(name, asyncio.to_thread(self._stage.kill, name))

    async def _pause(self, group: asyncio.TaskGroup) -> None:
        """Often several are paused at once, but never all: then nothing would go on that could go wrong."""
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / self._plan.pause_seconds))
            name = self._victim(web=self._dice.random() < WEB_SHARE)
            if name is None or len(self._stage.busy) >= self._plan.workers - 1:
                continue
            long = self._dice.random() < LONG_SHARE
            seconds = LONG_PAUSE_SECONDS if long else self._dice.uniform(*PAUSE_SECONDS)
            group.create_task(self._meanwhile(name, self._stage.pause(name, seconds)))

    def _victim(self, *, web: bool) -> str | None:
        names = [name for name in self._stage.children if (name == "web") == web and name not in self._stage.busy]
        return self._dice.choice(names) if names else None

    async def _meanwhile(self, name: str, done: Coroutine[Any, Any, None]) -> None:
        self._stage.busy.add(name)
        try:
            await done
        finally:
            self._stage.busy.discard(name)
