"""Processes of the product, forked from one that has imported all of it: a start takes milliseconds, not seconds.

Apart from that they are what `python -m bot web` and `python -m bot worker` are: processes of their own, with their
settings in the environment.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from functools import cache
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Literal

Command = Literal["web", "worker"]


class Child:
    """One process that is alive from now on. What it says goes to the end of `log`."""

    def __init__(self, command: Command, environment: dict[str, str], log: Path) -> None:
        self._process = _context().Process(target=_live, args=(command, environment, log), daemon=True)
        self._process.start()

    @property
    def ended(self) -> bool:
        return self._process.exitcode is not None

    @property
    def exitcode(self) -> int | None:
        return self._process.exitcode

    def signal(self, number: signal.Signals) -> None:
        pid = self._process.pid
        if pid is not None and not self.ended:
            os.kill(pid, number)

    def wait(self, seconds: float) -> int | None:
        """Its exit status, or None if it lives on."""
        self._process.join(seconds)
        return self._process.exitcode


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.preloaded", "tests.chaos.chaos"])
    return context


def _live(command: Command, environment: dict[str, str], log: Path) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["bot", command]
    from bot.__main__ import main

    sys.exit(main())


def _end_with_parent() -> None:
    """Nothing goes on when whoever started the chaos is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)
