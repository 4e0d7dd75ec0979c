"""All work at all vendors, and how it goes on: computed from the clock whenever somebody looks."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import asdict, replace

from sandbox.store import Json, Store
from sandbox.vendors.settings import AllSettings
from sandbox.vendors.work import ENDS, Fate, Order, Phase, Work


class Works:
    """Lines of work, one for each model of each vendor. `news` is set when something may have changed."""

    def __init__(self, store: Store, settings: AllSettings, clock: Callable[[], float]) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        saved = sorted((Work.from_saved(one) for one in store.load("work")), key=lambda work: work.number)
        self._all = {work.id: work for work in saved}
        self._open = {work.id: work for work in saved if _is_open(work)}
        self._seen = clock()
        self.news = asyncio.Event()

    def add(self, work_id: str, order: Order, fate: Fate) -> Work:
        """Accept an order as work."""
        settings, now = self._settings.of(order.vendor), self._clock()
        shift = 1.0 + settings.jitter * random.Random(work_id).uniform(-1.0, 1.0)  # noqa: S311  # no secret
        order = replace(order, clip=replace(order.clip, spoilt=fate.spoilt))
        ready_at = now + max(settings.queue_seconds * shift, fate.held)
        seconds = settings.render_seconds * shift + fate.slower
        work = Work(work_id, len(self._all) + 1, order, fate, now, ready_at, seconds, forget_at=order.forget_at)
        self._settings.spend(order.vendor, work.price)
        self._all[work.id] = self._open[work.id] = work
        self.save(work)
        return work

    def get(self, vendor: str, work_id: str) -> Work | None:
        """Return work as it is now, None if the vendor does not know it (any more)."""
        self.advance()
        work = self._all.get(work_id)
        known = work is not None and work.order.vendor == vendor and not work.is_forgotten(self._clock())
        return work if known else None

    def all(self, vendor: str = "", model: str = "") -> list[Work]:
        """Return all work, oldest first, what is forgotten too."""
        self.advance()
        orders = ((one, one.order) for one in self._all.values())
        return [one for one, order in orders if vendor in ("", order.vendor) and model in ("", order.model)]

    def with_token(self, vendor: str, token: str) -> Work | None:
        """Return the latest work with a token."""
        return next((work for work in reversed(self.all(vendor)) if work.order.token == token), None)

    def cancel(self, work: Work) -> None:
        """Stop work that has not ended."""
        self.advance()
        if work.phase not in ENDS:
            self._end(work, Phase.CANCELLED, self._clock(), None)

    def drop(self, work: Work) -> None:
        """Stop work that has not ended, and let go of the result of work that has; it stays paid for."""
        self.cancel(work)
        work.phase = Phase.CANCELLED
        self._open.pop(work.id, None)
        self.save(work)

    def force(self, work: Work, failure: Json | None) -> None:
        """End work at once, with a failure or as done, whatever it was to become."""
        self.advance()
        if work.phase in ENDS:
            self._settings.spend(work.order.vendor, work.price - work.billed)
        now = self._clock()
        work.started_at, work.fate.late_after = work.started_at or now, None
        self._end(work, Phase.FAILED if failure else Phase.DONE, now, failure)

    def save(self, work: Work) -> None:
        """Write down what changed about work."""
        self._store.put("work", work.id, asdict(work))
        self.news.set()

    def advance(self) -> None:
        """Let happen what the clock says has happened since, each thing at its own time."""
        now = self._clock()
        while (event := self._next()) is not None and event[0] <= now:
            moment, work = event
            self._happen(work, moment)
            self._seen = max(self._seen, moment)
        self._seen = max(self._seen, now)

    def next_at(self) -> float | None:
        """Return when the next thing will happen by itself."""
        event = self._next()
        return event[0] if event else None

    def clear(self) -> None:
        """Forget all work."""
        self._all.clear()
        self._open.clear()
        self._store.clear("work")

    def _next(self) -> tuple[float, Work] | None:
        lines: dict[tuple[str, str], list[Work]] = {}
        for work in self._open.values():
            lines.setdefault((work.order.vendor, work.order.model), []).append(work)
        events = [event for (vendor, _), line in lines.items() for event in self._events(vendor, line)]
        return min(events, key=lambda event: (event[0], event[1].number), default=None)

    def _events(self, vendor: str, line: list[Work]) -> list[tuple[float, Work]]:
        """What is next in one line: an end, a late success, or a beginning if there is a slot."""
        events = [(moment, work) for work in line if (moment := work.late_at or _end_of(work)) is not None]
        waiting = [work for work in line if work.phase is Phase.WAITING]
        running = sum(work.phase is Phase.RUNNING for work in line)
        if waiting and running < self._settings.of(vendor).concurrency:
            first = min(waiting, key=lambda work: (work.ready_at, work.number))
            events.append((max(first.ready_at, self._seen), first))
        return events

    def _happen(self, work: Work, moment: float) -> None:
        if work.phase is Phase.WAITING:
            work.phase, work.started_at = Phase.RUNNING, moment
            self.save(work)
        elif work.phase is Phase.RUNNING:
            self._end(work, Phase.FAILED if work.fate.failure else Phase.DONE, moment, work.fate.failure)
        else:
            self._settings.spend(work.order.vendor, work.price - work.billed)
            self._end(work, Phase.DONE, moment, None)

    def _end(self, work: Work, phase: Phase, moment: float, failure: Json | None) -> None:
        work.phase, work.ended_at, work.failure = phase, moment, failure
        work.billed = _bill(work)
        self._settings.spend(work.order.vendor, work.billed - work.price)
        if work.order.keep_seconds is not None:
            work.forget_at = min(work.forget_at or math.inf, moment + work.order.keep_seconds)
        if not _is_open(work):
            self._open.pop(work.id, None)
        self.save(work)


def _is_open(work: Work) -> bool:
    """Whether something will still happen to it by itself."""
    return work.phase not in ENDS or work.late_at is not None


def _end_of(work: Work) -> float | None:
    return work.ends_at if work.phase is Phase.RUNNING else None


def _bill(work: Work) -> float:
    """What the vendor charges for work that has ended: moderated and stopped work too, never what had not begun."""
    if work.started_at is None:
        return 0.0
    if work.phase is Phase.FAILED and work.order.price is not None:
        return work.price if "SAFETY" in (work.failure or {}).get("code", "") else 0.0
    return work.price
