"""The worker process: wake-ups run jobs on the loop; stopping hands over."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from providers.base import Status
from services.leases import Leases
from storage.database import SQLITE_BUSY_SECONDS, Database
from storage.tables import User
from tests.services.jobs.steps import RUNNING
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, expire
from tests.support.vendor import Vendor
from worker import process as process_module
from worker.duties import keep_doing
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


def never_ending(vendor: Vendor) -> asyncio.Event:
    """Work at this vendor goes on and on. Returns what is set once it has begun."""
    begun = asyncio.Event()

    async def status(_external_id: str) -> Status:
        begun.set()
        return RUNNING

    vendor.status = status  # type: ignore[method-assign,assignment]
    return begun


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), 10)
    event.clear()


async def test_each_wake_up_runs_one_job(tmp_path: Path) -> None:
    jobs, stop = Jobs(), asyncio.Event()
    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, hands=2, work=jobs.work, duties=[])
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
    process = WorkerProcess(dispatcher, hands=2, work=jobs.work, duties=[])
    running = asyncio.create_task(process.run(stop))
    await dispatcher.wake(1)
    await until(jobs.changed)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert jobs.cancelled == 1


@ON_SQLITE
async def test_stopping_does_not_wait_for_whoever_keeps_the_database(
    db: Database, db_url: str, alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process stands still in the middle of a write: leases are there for that."""
    monkeypatch.setattr(process_module, "HAND_OVER_SECONDS", 0.3)
    monkeypatch.setattr(process_module, "INSIST_SECONDS", 0.1)
    vendor = Vendor()
    shop = Shop(db, tmp_path / "objects", vendor)
    leases, held, stop = Leases(db, "worker"), asyncio.Event(), asyncio.Event()
    job = await shop.job_of(alice)

    async def duty() -> None:
        held.set()

    dispatcher = opened(tmp_path)
    process = WorkerProcess(
        dispatcher,
        hands=2,
        work=lambda _job_id: shop.worker().run_next("worker"),
        duties=[partial(keep_doing, "a duty", 0.05, leases, duty)],
    )
    reached = never_ending(vendor)
    running = asyncio.create_task(process.run(stop))
    await dispatcher.wake(job.id)
    await until(reached)
    await until(held)
    with closing(sqlite3.connect(make_url(db_url).database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        stop.set()
        done, _ = await asyncio.wait([running], timeout=SQLITE_BUSY_SECONDS / 2)
        other.execute("ROLLBACK")

    assert running in done
    assert await shop.queue.claim_next("another") is None, "it is left to its lease"
    await expire(db, "jobs")
    assert (await shop.claim("another")).adopted


async def test_a_wake_up_that_comes_while_it_stops_begins_nothing(tmp_path: Path) -> None:
    jobs, stop = Jobs(), asyncio.Event()
    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, hands=1, work=jobs.work, duties=[])
    running = asyncio.create_task(process.run(stop))
    await dispatcher.wake(1)
    await until(jobs.changed)
    stop.set()
    await asyncio.wait_for(running, 10)
    await asyncio.to_thread(process._work, 2)  # a thread that had it in its hands already
    assert jobs.begun == 1


async def test_what_it_has_no_hand_for_is_left_in_the_queue(tmp_path: Path) -> None:
    jobs, stop = Jobs(), asyncio.Event()
    jobs.blocking = True
    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, hands=2, work=jobs.work, duties=[])
    running = asyncio.create_task(process.run(stop))
    for number in range(1, 4):
        await dispatcher.wake(number)
    while jobs.begun < 2:
        await until(jobs.changed)
    assert await dispatcher.pending() == 1, "another process may have it"
    stop.set()
    await asyncio.wait_for(running, 10)
    assert (jobs.begun, await dispatcher.pending()) == (2, 1)


async def test_a_duty_that_dies_takes_the_process_down(tmp_path: Path) -> None:
    async def dies() -> None:
        raise RuntimeError("gone")

    dispatcher = opened(tmp_path)
    process = WorkerProcess(dispatcher, hands=1, work=Jobs().work, duties=[dies])
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
    process = WorkerProcess(dispatcher, hands=1, work=fails, duties=[])
    running = asyncio.create_task(process.run(stop))
    for number in range(2):
        await dispatcher.wake(number)
        await until(changed)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert runs == 2
