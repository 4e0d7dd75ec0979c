"""Telling a webhook that work has ended, as RunPod does: unsigned, twice more if it is not confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp

from sandbox.store import Json
from sandbox.vendors.faults import WEBHOOK_KINDS
from sandbox.vendors.house import House
from sandbox.vendors.work import ENDS, Work

ATTEMPTS = 3
_ANSWER_SECONDS = 20
_LOOK_AGAIN = 0.5  # a moved clock is noticed this soon

Envelope = Callable[[House, Work, str], Awaitable[Json]]
"""What is told of work, given the sandbox's address."""


class Webhooks:
    """Delivers while the application runs. `details` of work with a webhook have `webhook`, `root` and `told`."""

    def __init__(self, house: House, envelope: Envelope) -> None:
        self._house, self._envelope = house, envelope
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        works = self._house.works
        timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                while True:
                    works.news.clear()
                    self._begin_what_is_due(session)
                    soonest = works.next_at()
                    pause = _LOOK_AGAIN if soonest is None else min(_LOOK_AGAIN, soonest - self._house.clock())
                    # Not wait_for: Python 3.11's forgets a cancellation that comes together with the news.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(max(0.01, pause)):
                            await works.news.wait()
            finally:
                for task in self._busy:
                    task.cancel()
                await asyncio.gather(*self._busy, return_exceptions=True)

    def _begin_what_is_due(self, session: aiohttp.ClientSession) -> None:
        for work in self._house.works.all():
            if work.phase in ENDS and work.details.get("webhook") and not work.details.get("told"):
                work.details["told"] = True
                self._house.works.save(work)
                for _ in range(self._copies(work)):
                    task = asyncio.create_task(self._tell(session, work))
                    self._busy.add(task)
                    task.add_done_callback(self._busy.discard)

    def _copies(self, work: Work) -> int:
        met = self._house.faults.strike(WEBHOOK_KINDS, work.order.vendor, work.order.model)
        if "lose_webhook" in met:
            return 0
        return 2 if "duplicate_webhook" in met else 1

    async def _tell(self, session: aiohttp.ClientSession, work: Work) -> None:
        body = await self._envelope(self._house, work, work.details["root"])
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._house.settings.of(work.order.vendor).webhook_seconds)
            status = await self._post(session, work.details["webhook"], body)
            facts = {"vendor": work.order.vendor, "call": "webhook", "model": work.order.model, "method": "POST"}
            self._house.calls.record(at=self._house.clock(), path=work.id, status=status, faults=[], **facts)
            if status == 200:
                return

    async def _post(self, session: aiohttp.ClientSession, url: str, body: Json) -> int | None:
        try:
            async with session.post(url, json=body, allow_redirects=False, ssl=False) as answer:
                return answer.status
        except (TimeoutError, aiohttp.ClientError):
            return None
