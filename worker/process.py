"""One worker process: Huey's thread takes wake-ups, one event loop does all the work."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from typing import Any

import structlog
from huey import Huey
from huey.consumer import Consumer, Worker

from worker.queue import Dispatcher

log = structlog.get_logger(__name__)
POLL_SECONDS = (0.003, 0.008)
"""First and longest wait between two looks into a queue that cannot block (SQLite); see bench/tap_to_start.py."""
FULL_SECONDS = 0.5
"""How long to wait for a free hand, until it is looked whether to stop."""
HAND_OVER_SECONDS = 12.0
"""For handing over what is under way. Where somebody keeps the database that long, it is left to its lease."""
INSIST_SECONDS = 1.0
STOP_SECONDS = 5.0
"""For Huey's thread, which by then has nothing left to wait for. All of it fits into the 25 seconds of the README."""


class _Taker(Worker):  # type: ignore[misc]
    """Takes a wake-up only where a hand is free: while all are full, it is there for another process."""

    def __init__(self, hands: threading.Semaphore, **options: Any) -> None:
        super().__init__(**options)
        self._hands = hands

    def loop(self, now: Any = None) -> None:
        if self._hands.acquire(timeout=FULL_SECONDS):
            self._hands.release()  # nobody else takes one before `_work` does
            if not self.stop_flag.is_set():
                super().loop(now)


class _Consumer(Consumer):  # type: ignore[misc]
    """Huey's consumer inside our process, with one thread: signals are ours, the event loop's."""

    def __init__(self, huey: Huey, hands: threading.Semaphore) -> None:
        self.worker_class = partial(_Taker, hands)
        first, longest = POLL_SECONDS
        super().__init__(
            huey, workers=1, periodic=False, initial_delay=first, max_delay=longest, shutdown_timeout=STOP_SECONDS
        )

    def _set_signal_handlers(self) -> None:
        """Leave them alone."""


class WorkerProcess:
    def __init__(
        self,
        dispatcher: Dispatcher,
        *,
        hands: int,
        work: Callable[[int], Coroutine[Any, Any, object]],
        duties: list[Callable[[], Coroutine[Any, Any, None]]],
    ) -> None:
        """`hands`: how many wake-ups are worked on at once."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work_on = work
        self._duties = duties
        self._jobs: set[asyncio.Task[object]] = set()
        self._stopping = False
        self._hands = threading.Semaphore(hands)
        dispatcher.answer_with(self._work)
        self._consumer = _Consumer(dispatcher.huey, self._hands)

    async def run(self, stop: asyncio.Event, ready: Callable[[], Awaitable[None]] | None = None) -> None:
        """Work until `stop` is set; then hand over what is under way and end."""
        self._loop = asyncio.get_running_loop()
        duties = [asyncio.create_task(duty()) for duty in self._duties]
        await asyncio.to_thread(self._consumer.start)
        if ready is not None:
            await ready()
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([stopping, *duties], return_when=asyncio.FIRST_COMPLETED)
        await self._stop(duties)
        for ended in done - {stopping}:
            ended.result()  # a duty that died takes the process down, loudly; its supervisor starts a new one

    async def _stop(self, duties: list[asyncio.Task[None]]) -> None:
        log.info("stopping", jobs=len(self._jobs))
        self._stopping = True
        self._consumer.stop_flag.set()
        await _end({*self._jobs, *duties})
        await asyncio.to_thread(self._consumer.stop, True)

    def _work(self, job_id: int) -> None:
        """On Huey's thread, where a hand is free: have the loop run the job whose turn it is.

        The id is a hint that there is work; fairness decides whose turn it is, and every job sends a wake-up.
        """
        if self._loop is None:
            raise RuntimeError("the worker is not running")
        log.debug("woken", job_id=job_id)
        self._hands.acquire()
        asyncio.run_coroutine_threadsafe(self._tracked(job_id), self._loop).add_done_callback(self._worked)

    def _worked(self, work: Future[None]) -> None:
        self._hands.release()
        if not work.cancelled() and work.exception() is not None:
            log.error("job was not worked on", exc_info=work.exception())

    async def _tracked(self, job_id: int) -> None:
        if self._stopping:  # the thread was woken before it saw the flag: whoever comes next has the job
            return
        task = asyncio.create_task(self._work_on(job_id))
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel them and have them hand over. Who is still at it after a while is told again, and then left."""
    for patience in (HAND_OVER_SECONDS, INSIST_SECONDS, INSIST_SECONDS):
        if not tasks:
            return
        for task in tasks:
            task.cancel()
        ended, tasks = await asyncio.wait(tasks, timeout=patience)
        await asyncio.gather(*ended, return_exceptions=True)  # how they end does not matter any more
    if tasks:
        log.warning("not handed over", left=len(tasks))
