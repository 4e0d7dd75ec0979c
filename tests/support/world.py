"""The whole of Echoes as separate processes on this machine, and people who use it through the sandbox."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.nursery import FRAME_RATE, FRAME_SECONDS, LOOK_SECONDS, Forked, run

BOT_ID = 7000009
TOKEN = f"{BOT_ID}:canary-telegram-token-0123456789abcdef"
STRIPE_KEY = "sk_test_canarystripekey0123456789"
STRIPE_WEBHOOK_SECRET = "whsec_canarystripewebhook0123456789"
START_SECONDS = 40.0
PORTS = 750
"""How many each process of a test run has."""
HASTY = {FRAME_RATE: "5", FRAME_SECONDS: "0", LOOK_SECONDS: "0.05"}
"""A world's settings where it matters little what clips look like: five frames a second make a real one, which the
product accepts, for a quarter of the work. Not where something is to happen while a clip is made. Nor does it matter
when exactly work begins: a worker that mostly waits, as in tests, spends half its time looking for some."""
UNHURRIED = HASTY | {FRAME_SECONDS: "0.1"}
"""For that: as little work, but a clip of five seconds takes two and a half at least, however fast the machine."""
FULL = HASTY | {FRAME_RATE: "24"}
"""Where each frame counts."""


def _ports() -> Iterator[int]:
    """Below those the system gives to outgoing connections, each once in a long time, and none that another process of
    this test run would take: it may be seconds until somebody listens there.
    """
    first = 20_000 + PORTS * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16)
    return itertools.cycle(random.sample(range(first, first + PORTS), PORTS))


_our_ports = _ports()


def free_port() -> int:
    """A port nobody listens on, and nobody else will until it is used."""
    return next(filter(_is_free, _our_ports))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass
class World:
    """`var` keeps everything, the processes' logs too (`var/<name>.log`)."""

    var: Path
    overrides: dict[str, str] = field(default_factory=dict)
    sandbox_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    parts: dict[str, Forked] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def environment(self) -> dict[str, str]:
        return (
            {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "STRIPE_"))}
            | {
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_API_URL": self.url,
                "TELEGRAM_LINK_URL": f"{self.url}/t.me",
                "WEB_PORT": str(self.web_port),
                "DATABASE_URL": f"sqlite+aiosqlite:///{self.var / 'echoes.db'}",
                "STORAGE_URL": f"file://{self.var / 'media'}",
                "SIGNUP_CREDITS": "30",
                "STRIPE_API_URL": f"{self.url}/stripe",
                "STRIPE_SECRET_KEY": STRIPE_KEY,
                "STRIPE_WEBHOOK_SECRET": STRIPE_WEBHOOK_SECRET,
                "LOG_LEVEL": "INFO",
                "LOG_FORMAT": "json",
                # Nothing started here may reach beyond this machine.
                "http_proxy": "http://127.0.0.1:9",
                "https_proxy": "http://127.0.0.1:9",
                "no_proxy": "127.0.0.1,localhost",
            }
            | self.overrides
        )

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.overrides.get('WEB_PORT', self.web_port)}"

    def start(self) -> None:
        self.start_sandbox()
        self.start_product()

    def start_product(self) -> None:
        self._migrate()
        self.start_web()
        self.start_worker()
        self.wait_until_ready()

    def start_sandbox(self) -> None:
        place = ["--host", "127.0.0.1", "--port", str(self.sandbox_port), "--state", str(self.var / "sandbox")]
        webhook = ["--stripe-webhook", f"{STRIPE_WEBHOOK_SECRET}@{self.public}/stripe/webhook"]
        self._fork("sandbox", ["sandbox", *place, "--bot", f"{TOKEN}@EchoesTestBot", *webhook])
        self._wait("sandbox", f"{self.url}/control/health")

    def start_web(self) -> None:
        self._fork("web", ["bot", "web"])

    def start_worker(self, name: str = "worker") -> None:
        self._fork(name, ["bot", "worker"])

    def run(self, command: str, *, status: int = 0, **settings: str) -> str:
        """`python -m bot …` with this world's settings, or others, to its end. Returns what it said."""
        log = self.var / f"{command}.log"
        log.unlink(missing_ok=True)
        ended, said = run(["bot", command], self.environment | settings, log)
        assert ended == status, said
        return said

    def wait_until_ready(self) -> None:
        self._wait("web", f"{self.public}/readyz")
        self.wait_for_log("worker", "worker is ready")

    def wait_for_log(self, part: str, text: str, *, times: int = 1) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self.log(part).count(text) < times:
            if time.monotonic() > deadline or self.parts[part].poll() is not None:
                raise AssertionError(f"{part} never said {text!r}:\n{self.log(part)[-3000:]}")
            time.sleep(0.02)

    def kill(self, part: str) -> None:
        """kill -9: nothing gets a chance to tidy up."""
        self.parts[part].send_signal(signal.SIGKILL)
        self.parts[part].wait()

    def end(self, part: str, seconds: float = 25.0) -> int:
        """SIGTERM, as a supervisor does. Returns the exit status."""
        self.parts[part].terminate()
        return self.parts[part].wait(seconds)

    def stop(self) -> None:
        for part in self.parts.values():
            if part.poll() is None:
                part.terminate()
        for part in self.parts.values():
            try:
                part.wait(15)
            except subprocess.TimeoutExpired:
                part.kill()
                part.wait()

    def log(self, part: str) -> str:
        return (self.var / f"{part}.log").read_text(errors="replace")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Raw rows of the SQLite database, for looking behind the scenes."""
        connection = sqlite3.connect(self.var / "echoes.db", timeout=30)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def execute(self, statement: str, *values: object) -> None:
        """Change the database behind the product's back."""
        connection = sqlite3.connect(self.var / "echoes.db", timeout=30)
        with connection:
            connection.execute(statement, values)
        connection.close()

    def _migrate(self) -> None:
        if "DATABASE_URL" in self.overrides:
            self.run("migrate")
        else:
            (self.var / "echoes.db").write_bytes(_migrated())

    def _fork(self, name: str, command: list[str]) -> None:
        self.parts[name] = Forked(command, self.environment, self.var / f"{name}.log")

    def _wait(self, part: str, address: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(address):
            if time.monotonic() > deadline or self.parts[part].poll() is not None:
                raise AssertionError(f"{part} did not come up:\n{self.log(part)[-3000:]}")
            time.sleep(0.05)


@cache
def _migrated() -> bytes:
    """What the command leaves on SQLite, which is the same for each world."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.run("migrate")
        return (world.var / "echoes.db").read_bytes()


@contextmanager
def running(var: Path, **overrides: str) -> Iterator[World]:
    """A world that is up, with settings of its own; stopped at the end, also when it did not come up."""
    world = World(var, overrides=overrides)
    try:
        world.start()
        yield world
    finally:
        world.stop()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(json.load(response))
    except OSError:
        return False
