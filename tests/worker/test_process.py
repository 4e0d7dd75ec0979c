"""The worker process: wake-ups run jobs on the loop; stopping hands over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from worker.process import WorkerProcess
from worker.queue import Dispatcher, open_queue


class Jobs:
    """Stands in for the runner: counts, can block, and sees its cancellation."""

    def __init__(self) -> None:
        self.begun = 0
        self.cancelled = 0
        self.blocking = False
        self.changed = asyncio.Event()

    async def work(self, _job_id: int) -> None:
        self.begun += 1
        self.changed.set()
        try:
            if self.blocking:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def opened(folder: Path) -> Dispatcher:
    return Dispatcher(open_queue(f"sqlite:///{folder / 'queue.db'}", secret="s"))


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 10)
    event.clear()


async def test_each_wake_up_runs_one_job(tmp_path: Path) -> None:
    jobs, stop = Jobs(), asyncio.Event()
    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, threads=2, work=jobs.work, duties=[])
    running = asyncio.create_task(process.run(stop))
    for number in range(1, 4):
        await dispatcher.wake(number)
        await until(jobs.changed)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert jobs.begun == 3


async def test_stopping_cancels_what_runs_so_that_it_is_handed_over(tmp_path: Path) -> None:
    jobs, stop = Jobs(), asyncio.Event()
    jobs.blocking = True
    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, threads=2, work=jobs.work, duties=[])
    running = asyncio.create_task(process.run(stop))
    await dispatcher.wake(1)
    await until(jobs.changed)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert jobs.cancelled == 1


async def test_a_duty_that_dies_takes_the_process_down(tmp_path: Path) -> None:
    async def dies() -> None:
        raise RuntimeError("gone")

    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, threads=1, work=Jobs().work, duties=[dies])
    with pytest.raises(RuntimeError, match="gone"):
        await asyncio.wait_for(process.run(asyncio.Event()), 10)


async def test_a_job_that_fails_does_not_stop_the_next_one(tmp_path: Path) -> None:
    runs, stop, changed = 0, asyncio.Event(), asyncio.Event()

    async def fails(_job_id: int) -> None:
        nonlocal runs
        runs += 1
        changed.set()
        raise RuntimeError("a fault of ours")

    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, threads=1, work=fails, duties=[])
    running = asyncio.create_task(process.run(stop))
    for number in range(2):
        await dispatcher.wake(number)
        await until(changed)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert runs == 2
