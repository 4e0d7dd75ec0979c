"""One world for each engine, both at the same time: chaos, then rest, then the verdict."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psycopg

from tests.chaos import verdict
from tests.chaos.books import Books
from tests.chaos.crowd import Crowd
from tests.chaos.plan import Engine, Plan, read_plan
from tests.chaos.reaper import Reaper
from tests.chaos.stage import Stage
from tests.chaos.verdict import OPEN_JOBS, Verdict
from tests.chaos.weather import Weather
from tests.support.guard import sitecustomize as guard
from tests.support.lifeline import TestRun, shared_server

FAULT_SECONDS = 1.0
"""From one fault to the next, on average."""
TOO_MUCH_WRONG = 20
"""Processes that end by themselves, say: with so many there is nothing to wait for."""
VENDOR_SETTINGS = {"queue_seconds": 0.5, "render_seconds": 2.0, "jitter": 0.5, "concurrency": 60, "daily": 1_000_000}


def main() -> int:
    plan = read_plan()
    folder = Path(tempfile.mkdtemp(prefix="echoes-chaos-"))
    _stay_on_this_machine(folder)
    _say(f"seed {plan.seed}, logs in {folder}")
    with _databases(plan, folder) as urls:
        verdicts = asyncio.run(_all_at_once(plan, folder, urls))
    for engine, found in verdicts.items():
        _report(engine, found)
    wrong = [one for found in verdicts.values() for one in found.wrong]
    if not wrong and not plan.keep:
        shutil.rmtree(folder)
    return 1 if wrong else 0


async def _all_at_once(plan: Plan, folder: Path, urls: dict[Engine, str]) -> dict[Engine, Verdict]:
    stages = [Stage(engine, folder / engine, url, plan) for engine, url in urls.items()]
    try:
        for stage in stages:  # one after the other: migrations cannot run side by side in one process
            stage.start()
        found = await asyncio.gather(*(_one_world(stage, plan) for stage in stages))
    finally:
        for stage in stages:
            stage.stop()
    return dict(zip(urls, found, strict=True))


async def _one_world(stage: Stage, plan: Plan) -> Verdict:
    books = Books(stage.database_url)
    async with aiohttp.ClientSession() as session:
        try:
            people = await _wreak(stage, plan, session, books)
            settled = await settle(stage, plan, books)
            found = verdict.judge(
                books,
                await verdict.works(session, stage.url),
                await verdict.told(session, stage.url, people),
                stage.record,
                brief=plan.brief,
            )
        finally:
            books.close()
    return Verdict(_done_to(stage) | {"came to rest after (s)": round(settled)} | found.figures, found.wrong)


async def be_quick(stage: Stage, session: aiohttp.ClientSession) -> None:
    """Vendors that need seconds, not minutes, and a Telegram that lets more through than the real one."""
    for vendor in ("runway", "runpod", "modal"):
        async with session.patch(f"{stage.url}/control/vendors/{vendor}", json=VENDOR_SETTINGS) as answer:
            assert answer.status < 300, await answer.text()
    limits = {"chat_per_second": 30, "burst": 100, "global_per_second": 500}
    async with session.post(f"{stage.url}/control/limits", json=limits) as answer:
        assert answer.status < 300, await answer.text()


async def _wreak(stage: Stage, plan: Plan, session: aiohttp.ClientSession, books: Books) -> list[int]:
    """Everything at once, until there was enough of it. Returns the people."""

    def dice(whose: str) -> random.Random:
        return random.Random(f"{plan.seed} {stage.engine} {whose}")

    await be_quick(stage, session)
    crowd = Crowd(session, stage.url, dice("crowd"))
    await crowd.arrive(plan.people)
    weather = Weather(session, stage.url, stage.record, dice("weather"))
    doing = [
        asyncio.create_task(crowd.listen()),
        asyncio.create_task(crowd.send_photos(plan.photos)),
        asyncio.create_task(crowd.generate(lambda: int(books.one(OPEN_JOBS)), plan.in_flight)),
        asyncio.create_task(weather.run(FAULT_SECONDS)),
        asyncio.create_task(Reaper(stage, plan, dice("reaper")).run()),
    ]
    try:
        await _until_enough(stage, plan, books, doing)
    finally:
        for task in doing:
            task.cancel()
        await asyncio.gather(*doing, return_exceptions=True)
    await weather.clear()
    return crowd.people


async def _until_enough(stage: Stage, plan: Plan, books: Books, doing: list[asyncio.Task[None]]) -> None:
    begun = told = time.monotonic()
    while True:
        await asyncio.sleep(0.5)
        for task in doing:
            if task.done() and not task.cancelled():
                task.result()  # what cannot go on ends it all, loudly
        ran, kills = time.monotonic() - begun, sum(stage.record.kills.values())
        jobs = int(books.one("SELECT count(*) FROM jobs"))
        enough = kills >= plan.least_kills and len(stage.record.pauses) >= plan.least_pauses and jobs >= plan.least_jobs
        if time.monotonic() - told > 15:
            told = time.monotonic()
            _say(f"{stage.engine}: {ran:.0f} s, {kills} kills, {len(stage.record.pauses)} pauses, {jobs} jobs")
        hopeless = len(stage.record.wrong) > TOO_MUCH_WRONG
        if (ran >= plan.seconds and enough) or ran > plan.longest_seconds or hopeless:
            if not enough:
                stage.record.wrong.append("not enough was done")
            return


async def settle(stage: Stage, plan: Plan, books: Books) -> float:
    """Wait until nothing is left to do. Returns how many seconds that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < plan.settle_seconds:
        stage.look_after()
        if not verdict.left(books, stage.record, brief=plan.brief):
            break
        await asyncio.sleep(0.5)
    return time.monotonic() - begun


def _done_to(stage: Stage) -> dict[str, object]:
    record = stage.record
    return {
        "kill -9": sum(record.kills.values()),
        "  of the web process": record.kills["web"],
        "pauses past the lease": len(record.pauses),
        "orderly stops": record.stops,
        "  the slowest took (s)": round(record.slowest_stop, 1),
        "faults ordered": sum(record.faults.values()),
    }


@contextmanager
def _databases(plan: Plan, folder: Path) -> Iterator[dict[Engine, str]]:
    """An empty database for each engine, as a DATABASE_URL."""
    run = TestRun()
    try:
        yield {engine: _database(engine, folder) for engine in plan.engines}
    finally:
        run.end()


def _database(engine: Engine, folder: Path) -> str:
    if engine == "sqlite":
        return f"sqlite+aiosqlite:///{folder / engine / 'echoes.db'}"
    server = shared_server("tests.support.postgres_server")["url"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE chaos")
    return server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", "/chaos?")


def _stay_on_this_machine(folder: Path) -> None:
    """What is started here inherits the tests' guard against talking to the world."""
    path = [str(Path(guard.__file__).parent), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    os.environ[guard.REPORT] = str(folder / "reached-out")


def _report(engine: Engine, found: Verdict) -> None:
    _say(f"\n{engine}")
    for what, figure in found.figures.items():
        _say(f"  {what:<46}{figure!s:>8}")
    for one in found.wrong:
        _say(f"  WRONG: {one}")
    if not found.wrong:
        _say("  Everything adds up.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
