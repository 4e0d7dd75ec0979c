"""What tests of the worker do again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from providers.base import SHAPES, ClipModel, Phase, Status
from storage.database import Database
from tests.support.builders import Shop
from tests.support.database import expire, rows
from tests.support.vendor import Vendor

RUNNING = Status(Phase.RUNNING, 0.5)


class Other(Vendor):
    """Another vendor, with another model at its own price."""

    def __init__(self, *, price: int = 1, shapes: int = len(SHAPES), embedded: bool = True) -> None:
        super().__init__(name="other", embedded=embedded)
        self._model = ClipModel("other-model", "Other", "other", SHAPES[:shapes], {5: price})

    def models(self) -> tuple[ClipModel, ...]:
        return (self._model,)


async def run(shop: Shop, owner: str = "worker") -> int | None:
    return await shop.worker().run_next(owner)


async def run_through(shop: Shop, db: Database) -> None:
    """Run until nothing is left, without waiting for the times in between."""
    while await run(shop) is not None:
        await expire(db, "jobs", "due_at")


async def messages(db: Database) -> list[str]:
    return [kind for (kind,) in await rows(db, "SELECT kind FROM outbox ORDER BY id")]


@asynccontextmanager
async def running(shop: Shop, vendor: Vendor, *, until: int = 3) -> AsyncIterator[asyncio.Task[int | None]]:
    """A worker on a job that goes on and on, once the vendor has been asked a few times."""
    asked = 0
    reached = asyncio.Event()

    async def status(external_id: str) -> Status:
        nonlocal asked
        asked += 1
        if asked >= until:
            reached.set()
        await asyncio.sleep(0)
        return RUNNING

    vendor.status = status  # type: ignore[method-assign]
    task = asyncio.create_task(run(shop))
    await asyncio.wait_for(reached.wait(), 10)
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
