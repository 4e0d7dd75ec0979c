"""Blocking work in a thread that ends when its caller is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Stopped(Exception):
    """The caller was cancelled."""


class Stop:
    """Told to the thread: `check` raises Stopped once nobody waits for it any more."""

    def __init__(self) -> None:
        self._wanted = threading.Event()

    def check(self) -> None:
        if self._wanted.is_set():
            raise Stopped

    def set(self) -> None:
        self._wanted.set()


async def in_thread(work: Callable[[Stop], Result]) -> Result:
    """Run `work` in a thread. Cancelled, it returns only when the thread has ended, so that files can be removed."""
    stop = Stop()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        with contextlib.suppress(Stopped):
            await running
        raise
