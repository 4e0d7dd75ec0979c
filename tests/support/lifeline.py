"""Servers that the processes of one test run share, and that end with it however it ends.

The process a person started holds a lock on the file `alive` for as long as it lives; the kernel lets go of it even
after kill -9. Each server has a keeper, a small process in a session of its own (the terminal's Ctrl-C does not reach
it), that starts the server, waits for that lock and then stops the server. So nobody has to remember to clean up.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

RUN = "ECHOES_TEST_RUN"
PREFIX = "echoes-tests-"
STOP_SECONDS = 15.0
DEAD_SECONDS = 60.0
"""A younger folder may be one that is only just being locked."""

Facts = dict[str, str]

# Kept, because a forgotten Popen whose process still runs is a ResourceWarning.
_keepers: list[subprocess.Popen[str]] = []


class TestRun:
    """The run's folder and lock, held by the process that a person started; the others find it by RUN."""

    __test__ = False

    def __init__(self) -> None:
        _forget_dead_runs()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        # PostgreSQL will not run as root; the user it runs as instead must find its way to its own folder below.
        self.folder.chmod(0o711)
        self._alive = (self.folder / "alive").open("w")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        os.environ[RUN] = str(self.folder)

    def end(self) -> None:
        """Let the keepers stop their servers, and wait until they have."""
        self._alive.close()
        for keeper in self.folder.glob("*.keeper"):
            _wait_for(keeper)
        for process in _keepers:
            process.wait(STOP_SECONDS)
        shutil.rmtree(self.folder)


def shared_server(module: str) -> Facts:
    """What one needs to know to use the server; the first process to ask has it started, the others wait for it."""
    folder, name = Path(os.environ[RUN]), module.rpartition(".")[2]
    with _locked(folder / f"{name}.lock"):
        facts = folder / f"{name}.json"
        if not facts.exists():
            facts.write_text(_start_keeper(module, folder / name))
        return dict(json.loads(facts.read_text()))


def keep(running: Callable[[Path], AbstractContextManager[Facts]]) -> None:
    """The keeper's whole life, with the server's folder as its argument. Prints the facts once the server is up."""
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with _locked(folder.with_suffix(".keeper")):
        folder.mkdir(mode=0o700)
        try:
            with running(folder) as facts:
                sys.stdout.write(json.dumps(facts) + "\n")
                sys.stdout.flush()
                with _locked(folder.with_name("alive")):
                    pass  # the run is over
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _start_keeper(module: str, folder: Path) -> str:
    log = folder.with_suffix(".log")
    with log.open("w") as errors:
        keeper = subprocess.Popen(
            [sys.executable, "-m", module, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
    _keepers.append(keeper)
    assert keeper.stdout is not None
    with keeper.stdout:
        facts = keeper.stdout.readline()
    if not facts:
        raise RuntimeError(f"{module} did not start:\n{log.read_text(errors='replace')[-3000:]}")
    return facts


@atexit.register
def _leave_them() -> None:
    """They end with the run, which another process may hold. A Popen would take that for an oversight, and warn."""
    for keeper in _keepers:
        if keeper.poll() is None:
            keeper.returncode = 0


def _forget_dead_runs() -> None:
    """What was cut off could not remove its folder. (Its servers are gone, and their data with them.)"""
    for alive in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/alive"):
        with suppress(OSError), alive.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if alive.stat().st_mtime < time.time() - DEAD_SECONDS:
                shutil.rmtree(alive.parent)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _wait_for(keeper: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    with keeper.open() as file:
        while True:
            try:
                return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{keeper.stem} does not stop") from None
                time.sleep(0.02)
