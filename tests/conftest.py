"""For every test: no network beyond this machine, the same random numbers in CI each time, and no process left over."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from bot.lean import keep_lean

# Importing them is what puts them in force.
from tests.support import certificates as certificates
from tests.support.guard import sitecustomize as guard
from tests.support.lifeline import RUN, TestRun

# Not to be imported into a folder's own conftest.py: what is made once a session would be made once a folder.
pytest_plugins = [f"tests.support.{name}" for name in ("order", "database", "postgres", "s3", "worlds")]

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

CLOSED_PORT = "http://127.0.0.1:9"

keep_lean()  # as the program itself does: aiogram is imported in half the time

# Nobody looks at the exceptions that tests log; with the values of all variables each of them took a fifth of a second.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

_run = pytest.StashKey[TestRun]()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected are a million objects that stay: nobody need look among them for garbage.

    What pytest keeps of each test makes them more, and looking for garbage among these took a fifteenth of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    # pytest-xdist's own processes find the run of the one that started them in the environment.
    if not hasattr(config, "workerinput"):
        config.stash[_run] = TestRun()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _run in config.stash:
        config.stash[_run].end()


@pytest.fixture(autouse=True, scope="session")
def processes_are_held_to_this_machine() -> None:
    """What tests start inherits this: Python keeps the guard, and whatever else honours proxies finds a closed port.

    (ffmpeg may open no network protocol at all, and the browser tests abort every request beyond loopback.)
    """
    path = [str(Path(guard.__file__).parent), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(filter(None, path)))
    os.environ |= {"http_proxy": CLOSED_PORT, "https_proxy": CLOSED_PORT, "no_proxy": "127.0.0.1,localhost"}
    os.environ[guard.REPORT] = str(Path(os.environ[RUN]) / f"reached-out-{os.getpid()}")


@pytest.fixture(autouse=True)
def no_network_beyond_this_machine() -> Iterator[None]:
    """Attempts raise where they are made; where that was swallowed, the test fails here."""
    report = Path(os.environ[guard.REPORT])
    seen = _size(report)
    yield
    if _size(report) > seen:
        pytest.fail(f"reached out beyond this machine: {report.read_bytes()[seen:].decode()}")


def _size(report: Path) -> int:
    return report.stat().st_size if report.exists() else 0
