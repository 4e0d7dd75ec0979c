"""Duties that one worker process at a time has: the sweep, and keeping the progress cards fresh."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from conversation.notifier import Notifier
from services.cards import Cards
from services.jobs.sweep import Sweep
from services.jobs.watcher import Watcher
from services.leases import Leases
from services.outbox import Outbox
from worker.queue import Dispatcher

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 5.0
CARDS_SECONDS = 1.0
CARD_PAGE = 10
CARD_PAGES = 6
"""Of live jobs whose cards are looked at in one round: with more, each is looked at every few rounds."""
WATCH_SECONDS = 0.25
"""What is due to be asked about waits half of it, and a clip that is done with it."""
WELLBEING_SECONDS = 60.0
WATCH_LEASE_SECONDS = 10.0
"""A round may take longer than the pause between two; watching twice does no harm, but asks the vendors twice."""
LATE_SECONDS = 30.0
HOUSEKEEPING_SECONDS = 3600.0
KEEP_DAYS = 30
ERASING_SECONDS = 5.0
FITTING_SECONDS = 3.0


async def keep_doing(
    name: str, every_s: float, leases: Leases, round_: Callable[[], Awaitable[None]], lease_s: float | None = None
) -> None:
    """Do a round every so often while the duty is ours. A failed round is logged, and the next one comes.

    The lease is renewed when a third of it is over: else each round of a duty that has many would begin with a write.
    """
    lease_s = lease_s or every_s * 3
    renew_at = 0.0
    try:
        while True:
            try:
                begun = time.monotonic()
                if begun < renew_at:
                    await round_()
                elif await leases.hold(name, lease_s):
                    renew_at = begun + lease_s / 3
                    await round_()
            except Exception:  # a duty that stopped at its first error would be missed only much later
                log.exception("duty failed", duty=name)
            await asyncio.sleep(every_s)
    finally:
        # Whoever comes next need not wait until the lease runs out.
        await leases.let_go(name)


class SweepDuty:
    def __init__(self, sweep: Sweep, dispatcher: Dispatcher) -> None:
        self._sweep = sweep
        self._dispatcher = dispatcher

    async def round(self) -> None:
        await self._sweep.run(await self._dispatcher.pending())


class WatchDuty:
    """One worker at a time watches all work at remote vendors."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher

    async def round(self) -> None:
        await self._watcher.round()


class Housekeeping:
    """What is long sent need not be kept for ever."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def round(self) -> None:
        await self._outbox.forget_settled(KEEP_DAYS)


class CardsDuty:
    """Goes from card to card, as many a round as Telegram has room for; the next round goes on where it stopped."""

    def __init__(self, cards: Cards, notifier: Notifier) -> None:
        self._cards = cards
        self._notifier = notifier
        self._after = 0

    async def round(self) -> None:
        """Each card on its own: one that cannot be drawn does not keep the others from moving."""
        errors: list[Exception] = []
        for _ in range(CARD_PAGES):
            if not self._notifier.has_room:
                break
            working, after = await self._cards.working(after=self._after, most=CARD_PAGE)
            results = await asyncio.gather(*map(self._notifier.refresh, working), return_exceptions=True)
            errors += [result for result in results if isinstance(result, Exception)]
            self._after = after or 0
            if after is None:
                break
        if errors:
            raise ExceptionGroup("cards failed", errors)
