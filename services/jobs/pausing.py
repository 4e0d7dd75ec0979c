"""Beginning nothing new for a while: at one vendor, or at all.

Who has ordered waits. Deadlines go on, so that nobody's credits are held for ever.
"""

from __future__ import annotations

from typing import Final

from services.errors import AlreadyDone, NotYours
from services.jobs.queue import JobQueue, Wake
from services.jobs.relocating import Relocating
from services.live.live import Live
from services.staff.rights import Actor

WOKEN: Final = 50
"""Each worker that is woken goes on until nothing is left."""


class Pausing:
    def __init__(self, relocating: Relocating, live: Live, queue: JobQueue, wake: Wake) -> None:
        self._relocating = relocating
        self._live = live
        self._queue = queue
        self._wake = wake

    async def pause(self, actor: Actor, vendor: str | None = None) -> None:
        """`vendor`: only there; else everywhere. Raises NotYours, AlreadyDone, ChangedMeanwhile."""
        await self._set(actor, vendor, paused=True)

    async def resume(self, actor: Actor, vendor: str | None = None) -> None:
        """Raises NotYours, AlreadyDone, ChangedMeanwhile."""
        await self._set(actor, vendor, paused=False)
        for job_id in (await self._queue.claimable())[:WOKEN]:
            await self._wake(job_id)

    async def _set(self, actor: Actor, vendor: str | None, *, paused: bool) -> None:
        if vendor is not None:
            await self._set_vendor(actor, vendor, paused=paused)
            return
        standing = await self._live.standing("paused")
        if standing.value == paused:
            raise AlreadyDone
        await self._live.set(actor, "paused", paused, seen=standing.seen)

    async def _set_vendor(self, actor: Actor, vendor: str, *, paused: bool) -> None:
        if vendor not in self._relocating.catalogue.providers:
            raise NotYours
        standing = await self._live.standing("paused_makers")
        if (vendor in standing.value) == paused:
            raise AlreadyDone
        others = [name for name in standing.value if name != vendor]
        await self._live.set(actor, "paused_makers", [*others, vendor] if paused else others, seen=standing.seen)
