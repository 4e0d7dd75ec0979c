"""The dispatcher: carries ids, signs them, and never lets a lost wake-up undo anything."""

from __future__ import annotations

import asyncio
import pickle
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huey.consumer import Consumer

from worker.queue import Dispatcher, open_queue


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'queue.db'}"


async def test_a_wake_up_reaches_the_process_that_works(tmp_path: Path) -> None:
    got: list[int] = []
    arrived = threading.Event()

    def work(job_id: int) -> None:
        got.append(job_id)
        arrived.set()

    waker = Dispatcher(open_queue(address(tmp_path), secret="s"))
    worker = Dispatcher(open_queue(address(tmp_path), secret="s"))
    worker.answer_with(work)
    await waker.wake(42)
    assert await waker.pending() == 1
    task = worker.huey.dequeue()
    await asyncio.to_thread(worker.huey.execute, task)
    assert arrived.is_set()
    assert got == [42]
    assert await waker.pending() == 0


async def test_what_travels_is_an_id_and_nothing_else(tmp_path: Path) -> None:
    queue = open_queue(address(tmp_path), secret="s")
    await Dispatcher(queue).wake(7)
    rows = sqlite3.connect(tmp_path / "queue.db").execute("SELECT data FROM task").fetchall()
    assert len(rows) == 1
    message = queue.deserialize_task(rows[0][0])
    assert (message.args, message.kwargs) == ((7,), {})


async def test_an_unsigned_task_is_not_run(tmp_path: Path) -> None:
    ran: list[int] = []
    worker = Dispatcher(open_queue(address(tmp_path), secret="s"))
    worker.answer_with(ran.append)
    await Dispatcher(open_queue(address(tmp_path), secret="another")).wake(1)
    with pytest.raises(ValueError, match=r"[Ss]ignature"):
        worker.huey.dequeue()
    assert ran == []
    worker.huey.storage.enqueue(pickle.dumps("anything"))
    with pytest.raises(ValueError, match=r"[Ss]eparator|[Ss]ignature"):
        worker.huey.dequeue()
    assert ran == []


async def test_a_queue_that_is_away_loses_the_wake_up_and_nothing_else(tmp_path: Path) -> None:
    dispatcher = Dispatcher(open_queue(address(tmp_path), secret="s"))

    def broken(*_args: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    dispatcher.huey.storage.enqueue = broken
    await dispatcher.wake(1)


def test_a_process_that_only_wakes_does_not_work(tmp_path: Path) -> None:
    dispatcher = Dispatcher(open_queue(address(tmp_path), secret="s"))
    with pytest.raises(RuntimeError, match="only wakes"):
        dispatcher._run(1)


@pytest.mark.parametrize("url", ["mysql://x", "amqp://x", ""])
def test_an_unknown_kind_of_queue_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="QUEUE_URL"):
        open_queue(url, secret="s")


def test_huey_still_has_the_parts_we_lean_on(tmp_path: Path) -> None:
    """`WorkerProcess` overrides one method of Huey's consumer; a new version must still call it."""
    assert callable(Consumer._set_signal_handlers)
    assert open_queue(address(tmp_path), secret="s").pending_count() == 0


def test_processes_that_open_a_new_postgresql_at_the_same_moment_all_come_up(postgres_url: str) -> None:
    address = postgres_url.replace("+psycopg", "")

    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(lambda _: open_queue(address, secret="s"), range(8)))

    assert [queue.pending_count() for queue in opened] == [0] * 8
    for queue in opened:
        queue.storage.close()
