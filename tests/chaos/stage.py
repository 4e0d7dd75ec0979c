"""One world to be broken: a sandbox, one web process and several workers over one database."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from storage import migrate
from tests.chaos.plan import Engine, Plan
from tests.support.nursery import Forked
from tests.support.world import World

STOP_SECONDS = 25.0
"""What the README promises for SIGTERM."""


@dataclass
class Record:
    """What was done to a world."""

    kills: Counter[str] = field(default_factory=Counter)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    """When each began and ended, in seconds since 1970."""
    stops: int = 0
    slowest_stop: float = 0.0
    web_down_at: float = 0.0
    """When the web process was last killed or stopped, in seconds since 1970."""
    faults: Counter[str] = field(default_factory=Counter)
    may_repeat: int = 0
    """Faults after which a message goes out twice: it was sent, and the answer got lost."""
    wrong: list[str] = field(default_factory=list)
    """What a process did that it must not: end by itself, or not when it was asked to."""


class Stage:
    def __init__(self, engine: Engine, var: Path, database_url: str, plan: Plan) -> None:
        self.engine = engine
        self.database_url = database_url
        self.world = World(var)
        self.world.overrides |= _settings(self.world, database_url, plan)
        self.record = Record()
        self.children: dict[str, Forked] = {}
        self._said_before: dict[str, int] = {}
        """How long each one's log was when it was raised up."""
        self.busy: set[str] = set()
        """Those that something is being done to."""
        self._names = ["web", *(f"worker {number}" for number in range(1, plan.workers + 1))]

    @property
    def url(self) -> str:
        return self.world.url

    def start(self) -> None:
        self.world.var.mkdir()
        self.world.start_sandbox()
        migrate.upgrade(self.database_url)
        for name in self._names:
            self.raise_up(name)

    def raise_up(self, name: str) -> None:
        log = self._log(name)
        self._said_before[name] = log.stat().st_size if log.exists() else 0
        self.children[name] = Forked(["bot", "web" if name == "web" else "worker"], self.world.environment, log)

    def kill(self, name: str) -> None:
        """kill -9, and a new one."""
        self.children[name].kill()
        self.children[name].wait(10)
        self.record.kills["web" if name == "web" else "worker"] += 1
        self._went_down(name)
        self.raise_up(name)

    async def pause(self, name: str, seconds: float) -> None:
        """Stopped in the middle of whatever it does; it goes on as if no time had passed."""
        child = self.children[name]
        child.send_signal(signal.SIGSTOP)
        begun = time.time()
        try:
            await asyncio.sleep(seconds)
        finally:
            child.send_signal(signal.SIGCONT)
            self.record.pauses.append((begun, time.time()))

    async def restart(self, name: str) -> None:
        """SIGTERM, as when a new version is rolled out."""
        begun = time.monotonic()
        child = self.children[name]
        child.terminate()
        status = await asyncio.to_thread(_waited_for, child)
        took = time.monotonic() - begun
        self.record.stops += 1
        self.record.slowest_stop = max(self.record.slowest_stop, took)
        # Who is only about to begin has nothing in its hands yet, and is ended by the signal itself.
        if status != 0 and (status != -signal.SIGTERM or self._has_begun(name)):
            self.record.wrong.append(f"{name}, asked to stop, ended with {status} after {took:.0f} s")
        if status is None:
            child.kill()
            await asyncio.to_thread(child.wait, 10)
        self._went_down(name)
        self.raise_up(name)

    def look_after(self) -> None:
        """Raise up who ended by themselves; nobody may."""
        for name in self._names:
            status = self.children[name].poll()
            if name not in self.busy and status is not None:
                self.record.wrong.append(f"{name} ended by itself with {status}")
                self.raise_up(name)

    def stop(self) -> None:
        for number in (signal.SIGCONT, signal.SIGTERM):
            for child in self.children.values():
                child.send_signal(number)
        for name, child in self.children.items():
            if _waited_for(child) is None:
                self.record.wrong.append(f"{name} did not stop at the end")
                child.kill()
        self.world.stop()

    def _log(self, name: str) -> Path:
        return self.world.var / f"{name.replace(' ', '-')}.log"

    def _has_begun(self, name: str) -> bool:
        return b" is ready" in self._log(name).read_bytes()[self._said_before[name] :]

    def _went_down(self, name: str) -> None:
        if name == "web":
            self.record.web_down_at = time.time()


def _waited_for(child: Forked) -> int | None:
    """The exit status of one that was asked to stop, or None if it lives on."""
    try:
        return child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _settings(world: World, database_url: str, plan: Plan) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "PUBLIC_URL": f"http://127.0.0.1:{world.web_port}",
        "SIGNUP_CREDITS": "100000",
        "STRIPE_SECRET_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
        "JOB_DEADLINE_SECONDS": str(plan.deadline_seconds),
        "LOCAL_RENDERS": "1",
        "ACTIVE_AI_PROVIDER": "runway,runpod*1,modal*2",
        "RUNWAYML_API_SECRET": "key_canary0123456789",
        "RUNWAY_API_URL": f"{world.url}/runway",
        "RUNPOD_API_KEY": "rpa_canary0123456789",
        "RUNPOD_ENDPOINT_ID": "chaos",
        "RUNPOD_API_URL": f"{world.url}/runpod/v2",
        "MODAL_KEY": "wk-canary",
        "MODAL_SECRET": "ws-canary",
        "MODAL_URL": f"{world.url}/modal",
    }
