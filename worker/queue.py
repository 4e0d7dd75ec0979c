"""The dispatcher: Huey carries a job's id from the process that made the job to one that works on it.

It may lose a task without a trace (measured: a killed worker does). The job's row is the truth, and the sweep wakes
what was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from huey import Huey, PriorityRedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

log = structlog.get_logger(__name__)
WAKE_SECONDS = 1.0
"""How long a wake-up, or a look for one, waits for others to let go of the queue on SQLite."""
MAKING_TABLES = 0x4543484F4553
"""The number of the advisory lock: "ECHOES"."""


def open_queue(url: str, *, secret: str) -> Huey:
    """A Huey on `sqlite:///file`, `postgresql://…` or `redis://…`; `secret` signs what it carries."""
    options: dict[str, Any] = {"name": "echoes", "serializer": SignedSerializer(secret=secret), "results": False}
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        # A wake-up may be lost, so it need not be synced to disk: that would cost each tap several milliseconds.
        # Nor need anybody wait long to write it: its threads wait one behind the other, and all of them for a stop.
        return SqliteHuey(filename=url.removeprefix("sqlite:///"), fsync=False, timeout=WAKE_SECONDS, **options)
    if scheme == "postgresql":
        return _open_postgres(url, options)
    if scheme in ("redis", "rediss"):
        return PriorityRedisHuey(url=url, **options)
    raise ValueError(f"QUEUE_URL must begin with sqlite, postgresql or redis, not {scheme!r}")


def _open_postgres(url: str, options: dict[str, Any]) -> Huey:
    import psycopg
    from huey import PostgresHuey

    # Opening makes the tables. Where two processes do so at the same moment, "if not exists" does not keep the second
    # from failing, so they do it one after the other; the lock goes with its connection.
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MAKING_TABLES,))
        return PostgresHuey(dsn=url, **options)


class Dispatcher:
    """Both ends of the wire: `wake` in any process, and `answer_with` in the one that works. One for each Huey."""

    def __init__(self, huey: Huey) -> None:
        self.huey = huey
        self._work: Callable[[int], None] | None = None
        # The name is what travels; it must stay the same over versions, or waiting tasks are dropped.
        self._task = huey.task(name="run_job", context=False)(self._run)

    def answer_with(self, work: Callable[[int], None]) -> None:
        """What this process does with a wake-up, on one of Huey's threads."""
        self._work = work

    async def wake(self, job_id: int) -> None:
        """Never raises: the sweep repeats what did not get through."""
        try:
            await asyncio.to_thread(self._task, job_id)
        except Exception as error:  # noqa: BLE001 - each queue has its own errors, and none may undo a committed job
            log.warning("wake-up lost", job_id=job_id, error=repr(error))

    async def pending(self) -> int:
        """How many wake-ups wait to be taken."""
        return int(await asyncio.to_thread(self.huey.pending_count))

    def _run(self, job_id: int) -> None:
        if self._work is None:
            raise RuntimeError("this process only wakes workers")
        self._work(job_id)
