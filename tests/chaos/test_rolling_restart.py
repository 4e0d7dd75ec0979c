"""A new version is rolled out while people generate: every process is asked to stop, one after the other."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import aiohttp
import pytest

from tests.chaos import verdict
from tests.chaos.books import Books
from tests.chaos.chaos import be_quick, settle
from tests.chaos.crowd import Crowd
from tests.chaos.plan import read_plan
from tests.chaos.stage import STOP_SECONDS, Stage
from tests.chaos.verdict import OPEN_JOBS
from tests.support.person import eventually

PLAN = read_plan(["--seed", "1", "--workers", "2", "--in-flight", "8", "--deadline", "60", "--settle", "80", "--brief"])


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_a_rolling_restart_under_load_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'world' / 'echoes.db'}"
    stage = Stage("sqlite", tmp_path / "world", url, PLAN)
    try:
        stage.start()
        books = Books(url)
        async with aiohttp.ClientSession() as session:
            await be_quick(stage, session)
            crowd = Crowd(session, stage.url, random.Random(1))
            await crowd.arrive(6)
            doing = [
                asyncio.create_task(crowd.listen()),
                asyncio.create_task(crowd.send_photos(2)),
                asyncio.create_task(crowd.generate(lambda: int(books.one(OPEN_JOBS)), PLAN.in_flight)),
            ]
            await eventually(lambda: books.one("SELECT count(*) FROM jobs WHERE state = 'running'"), "work at a vendor")
            for name in list(stage.children):
                await stage.restart(name)
            for task in doing[1:]:
                task.cancel()
            await settle(stage, PLAN, books)
            doing[0].cancel()
            await asyncio.gather(*doing, return_exceptions=True)
            works, told = await verdict.works(session, stage.url), await verdict.told(session, stage.url, crowd.people)
            found = verdict.judge(books, works, told, stage.record, brief=PLAN.brief)
            books.close()
    finally:
        stage.stop()
    assert (found.wrong, stage.record.wrong) == ([], [])
    assert stage.record.slowest_stop < STOP_SECONDS
    assert found.figures["messages repeated"] == 0, "an orderly stop gives no occasion for that"
