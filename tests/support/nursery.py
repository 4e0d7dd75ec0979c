"""Processes of the product, forked from one that has imported all of it: a start takes milliseconds, not seconds.

Apart from that they are what `python -m bot …` and `python -m sandbox` are: processes of their own, with their settings
in the environment. That those commands start is seen in tests/e2e/test_demo.py.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from functools import cache
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from providers.local.render import Frames

FRAME_RATE = "ECHOES_TEST_FRAME_RATE"
FRAME_SECONDS = "ECHOES_TEST_FRAME_SECONDS"
BURST = "ECHOES_TEST_BURST"
LOOK_SECONDS = "ECHOES_TEST_LOOK_SECONDS"
PRELOADED = ["tests.support.preloaded", "tests.support.racers", "tests.support.processes"]


@cache
def forks() -> ForkServerContext:
    """There is one server of forks in a process, so whoever forks does it from this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


class Forked:
    """A `python -m bot …` or `python -m sandbox …` that is alive from now on, to be handled as a subprocess.Popen is.

    `command` begins with the program. What it says goes to the end of the file `log`. With FRAME_RATE in the
    environment its renderer makes clips of so many frames a second, with BURST it sends so many messages at once, with
    LOOK_SECONDS an idle worker looks that rarely into a queue on SQLite.
    """

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._process = forks().Process(target=_live, args=(command, environment, str(log)), daemon=True)
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


def run(command: list[str], environment: dict[str, str], log: Path, *, seconds: float = 60.0) -> tuple[int, str]:
    """See one to its end. Returns its exit status, and what the log says then."""
    status = Forked(command, environment, log).wait(seconds)
    return status, log.read_text(errors="replace")


def _live(command: list[str], environment: dict[str, str], log: str) -> None:
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = command
    sys.exit(_sandbox() if command[0] == "sandbox" else _bot())


def _bot() -> int:
    from bot.__main__ import main
    from conversation import pace
    from providers.local import render
    from worker import process

    if FRAME_RATE in os.environ:
        render.FRAME_RATE = int(os.environ[FRAME_RATE])
    if FRAME_SECONDS in os.environ:
        render.Frames = _slowed(render.Frames, float(os.environ[FRAME_SECONDS]))  # type: ignore[misc]
    if LOOK_SECONDS in os.environ:
        process.POLL_SECONDS = (process.POLL_SECONDS[0], float(os.environ[LOOK_SECONDS]))
    if BURST in os.environ:
        pace.CHAT_BURST = pace.GLOBAL_BURST = float(os.environ[BURST])  # type: ignore[misc]
    return main()


def _slowed(frames: type[Frames], seconds: float) -> type[Frames]:
    class Slowed(frames):  # type: ignore[misc, valid-type]
        def draw(self, number: int) -> NDArray[np.uint8]:
            time.sleep(seconds)
            drawn: NDArray[np.uint8] = super().draw(number)
            return drawn

    return Slowed


def _sandbox() -> int:
    from sandbox.__main__ import parse_arguments, serve

    asyncio.run(serve(parse_arguments(sys.argv[1:])))
    return 0


def _end_with_parent() -> None:
    """Nothing goes on when the test run is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)
