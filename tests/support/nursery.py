"""Processes of the product, forked from one that has imported all of it: a start takes milliseconds, not seconds.

Apart from that they are what `python -m bot web` and `python -m bot worker` are: processes of their own, with their
settings in the environment. That those commands start is seen in tests/e2e/test_commands.py.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from functools import cache
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path

PRELOADED = ["tests.support.preloaded", "tests.support.racers", "tests.support.processes"]


@cache
def forks() -> ForkServerContext:
    """There is one server of forks in a process, so whoever forks does it from this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


class Forked:
    """A `python -m bot …` that is alive from now on, to be handled as a subprocess.Popen is.

    What it says goes to the end of the file `log`.
    """

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self._process = forks().Process(target=_live, args=(arguments, environment, str(log)), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("bot", timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _live(arguments: list[str], environment: dict[str, str], log: str) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["bot", *arguments]
    from bot.__main__ import main

    sys.exit(main())


def _end_with_parent() -> None:
    """Nothing goes on when the test run is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)
