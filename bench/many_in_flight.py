"""Ten thousand jobs at a vendor, one worker process: memory, processor time, and how soon the end of work is noticed
and told.

Goals: at most 150 MB resident, under 0.8 of a core, noticed (the job is `storing`) within 2 s in the median and 4 s for
99 of 100 where the vendor is only asked, 0.1 s in the median where it calls back, and told (Telegram has the video)
within 1 s of that in the median. Telegram's limits allow some 12 clips a second (a video and an edited card each), so
8 a second end, at random moments, and each piece of work takes 20 minutes: most of that is the vendor's queue. What
ffmpeg takes to check the clips is shown beside the worker's own share. The books are audited at the end.

Worker, vendor, Telegram and ffmpeg share this machine: times mean something only while nobody else is at work on it.

    python -m bench.many_in_flight [--quick] [--postgres]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from sqlalchemy import text

from bench.parked import ASKED_WITHIN, Parked, addresses, park
from storage import migrate
from storage.database import Database
from tests.support import postgres_server
from tests.support.auditor import audit
from tests.support.vendor import real_clip
from tests.support.world import World, free_port

GOAL_MEMORY_MB, GOAL_CORES = 150.0, 0.8
GOAL_POLLED, GOAL_CALLED = (2.0, 4.0), (0.1, 4.0)
"""Seconds from done to noticed: the median, and 99 of 100. A call may come when the vendor was asked just before."""
GOAL_TOLD = 1.0
RATE = 8.0
LOOK_SECONDS = 0.02
NOTICED = "SELECT id FROM jobs WHERE state IN ('storing', 'succeeded')"


@dataclass(frozen=True, slots=True)
class Size:
    jobs: int
    rate: float
    """Pieces of work that end in a second."""
    lead: float
    """Seconds to write the jobs down and for the worker to start, and then `ASKED_WITHIN` for it to ask about each of
    them, before the first one ends: how soon an end is noticed depends on when the worker asks again."""
    seconds: float


FULL, QUICK = Size(10_000, RATE, ASKED_WITHIN + 15.0, 60.0), Size(500, 4.0, ASKED_WITHIN + 10.0, 15.0)


@dataclass
class Figures:
    """Seconds, by job; megabytes; and shares of a core."""

    noticed: dict[int, float] = field(default_factory=dict)
    told: dict[int, float] = field(default_factory=dict)
    memory: float = 0.0
    cores: float = 0.0
    checking: float = 0.0


class Meter:
    """A process's memory and processor time, from /proc (see proc(5))."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        self._tick = os.sysconf("SC_CLK_TCK")
        self._begun, self._spent = time.monotonic(), self._seconds()

    def memory(self) -> float:
        shown = re.search(r"VmRSS:\s*(\d+) kB", (self._folder / "status").read_text(encoding="ascii"))
        return int(shown[1]) / 1000 if shown else 0.0

    def shares(self) -> tuple[float, float]:
        """Of a core, since this meter was made: the process itself, and its children that ended."""
        own, children = (after - before for after, before in zip(self._seconds(), self._spent, strict=True))
        lasted = time.monotonic() - self._begun
        return own / lasted, children / lasted

    def _seconds(self) -> tuple[float, float]:
        fields = (self._folder / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        user, system, child_user, child_system = (int(one) / self._tick for one in fields[11:15])
        return user + system, child_user + child_system


async def watch(db: Database, pid: int, parked: list[Parked], seconds: float) -> Figures:
    """Look on from the first end of work until `seconds` later."""
    found = Figures()
    first = parked[0].end
    await asyncio.sleep(first - time.time() - 1.0)
    meter, known = Meter(pid), set[int]()
    while time.time() < first + seconds:
        async with db.reading() as session:
            ended = set((await session.execute(text(NOTICED))).scalars())
        now = time.time()
        found.noticed |= dict.fromkeys(ended - known, now)
        known |= ended
        found.memory = max(found.memory, meter.memory())
        await asyncio.sleep(LOOK_SECONDS)
    found.cores, found.checking = meter.shares()
    return found


@contextmanager
def processes(world: World, vendor_port: int, hooks: Path | None) -> Iterator[int]:
    """The stand-ins, a worker and, where the vendor calls back, who is called; yields the worker's process id."""
    clip = world.var / "clip.mp4"
    clip.write_bytes(real_clip())
    ports = ["--telegram", str(world.sandbox_port), "--vendor", str(vendor_port), "--clip", str(clip)]
    called = ["--hooks", str(hooks)] if hooks else []
    started = [_started(world, "bench.stand_ins", *ports, *called), _started(world, "bot", "worker")]
    if hooks:
        started.append(_started(world, "bot", "web"))
    try:
        yield started[1].pid
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


def _started(world: World, *words: str) -> subprocess.Popen[bytes]:
    with (world.var / f"{words[-1] if words[0] == 'bot' else words[0]}.log").open("wb") as log:
        return subprocess.Popen([sys.executable, "-m", *words], env=world.environment, stdout=log, stderr=log)


async def measure(folder: Path, size: Size, url: str, *, calls: bool) -> tuple[Figures, list[Parked]]:
    vendor_port = free_port()
    world = World(folder)
    world.overrides |= {
        "DATABASE_URL": url,
        "ACTIVE_AI_PROVIDER": "runpod",
        "RUNPOD_API_KEY": "canary-runpod-key-0123456789",
        "RUNPOD_ENDPOINT_ID": "bench",
        "RUNPOD_API_URL": f"http://127.0.0.1:{vendor_port}/v2",
        "STRIPE_SECRET_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
    }
    if calls:
        world.overrides["PUBLIC_URL"] = world.public
    migrate.upgrade(url)
    db = Database(url)
    parked = await park(db, size.jobs, first_end=time.time() + size.lead, rate=size.rate)
    hooks = folder / "hooks" if calls else None
    if hooks:
        hooks.write_text("\n".join(addresses(parked, world.public)), encoding="utf-8")
    with processes(world, vendor_port, hooks) as worker:
        found = await watch(db, worker, parked, size.seconds)
        async with aiohttp.ClientSession() as session, session.get(f"{world.url}/told") as shown:
            chats = (await shown.json())["told"]
    found.told = {one.job_id: chats[str(one.chat)] for one in parked if str(one.chat) in chats}
    await audit(db)
    await db.close()
    return found, parked


def report(name: str, found: Figures, parked: list[Parked], seconds: float, goal: tuple[float, float]) -> bool:
    # What ended in the last seconds may still be on its way.
    due = [one for one in parked if one.end < parked[0].end + seconds - 6.0]
    missed = [one for one in due if one.job_id not in found.told]
    noticed = sorted(found.noticed[one.job_id] - one.end for one in due if one.job_id in found.noticed)
    told = sorted(found.told[one.job_id] - found.noticed[one.job_id] for one in due if one.job_id in found.told)
    rows = [
        ("done → noticed, p50, s", statistics.median(noticed), goal[0]),
        ("done → noticed, p99, s", noticed[int(len(noticed) * 0.99)], goal[1]),
        ("noticed → told, p50, s", statistics.median(told), GOAL_TOLD),
        ("noticed → told, p99, s", told[int(len(told) * 0.99)], None),
        ("memory of the worker, MB", found.memory, GOAL_MEMORY_MB),
        ("the worker, cores", found.cores, GOAL_CORES),
        ("checking clips (ffmpeg), cores", found.checking, None),
    ]
    busy = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{name}: {len(parked)} jobs in flight, {len(due)} ended, {len(missed)} of them not told (load {busy})")
    for what, figure, most in rows:
        verdict = "" if most is None else f"   goal {most:g}: {'met' if figure <= most else 'MISSED'}"
        print(f"  {what:32} {figure:8.2f}{verdict}")
    return not missed and all(most is None or figure <= most for _, figure, most in rows)


def run(name: str, size: Size, *, calls: bool, postgres: bool) -> bool:
    with tempfile.TemporaryDirectory(prefix="bench-many-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # PostgreSQL runs as another user, who must find its way to its own folder below
        with _database(folder, postgres=postgres) as url:
            found, parked = asyncio.run(measure(folder, size, url, calls=calls))
    return report(name, found, parked, size.seconds, GOAL_CALLED if calls else GOAL_POLLED)


@contextmanager
def _database(folder: Path, *, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield f"sqlite+aiosqlite:///{folder / 'echoes.db'}"
        return
    (folder / "postgres").mkdir(mode=0o700)
    with postgres_server.running(folder / "postgres") as facts:
        yield facts["url"].replace("postgresql://", "postgresql+psycopg://", 1)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="500 jobs for a quarter of a minute: does it work at all?")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    parser.add_argument("--only", choices=("asked", "called"), help="one of the two ways to hear that work has ended")
    given = parser.parse_args()
    size = QUICK if given.quick else FULL
    ways = {"asked": "the vendor is asked", "called": "the vendor calls back"}
    met = [
        run(name, size, calls=way == "called", postgres=given.postgres)
        for way, name in ways.items()
        if given.only in (None, way)
    ]
    print("all goals are met" if all(met) else "A GOAL IS MISSED")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
