"""Hints that there is news: from vendors, from strangers, and by the thousand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from providers.base import Phase, Status
from storage.database import Database
from storage.tables import Job, User
from tests.services.jobs.steps import messages, run
from tests.support.builders import Shop
from tests.support.database import execute, expire, rows
from tests.support.vendor import Vendor


class Counted(Vendor):
    """Says how often it was asked."""

    asked = 0

    async def status(self, external_id: str) -> Status:
        self.asked += 1
        await asyncio.sleep(0)
        return await super().status(external_id)


@pytest.fixture
def vendor() -> Counted:
    made = Counted(embedded=False)
    made.poll_seconds = 60.0
    return made


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Counted) -> Shop:
    return Shop(db, tmp_path / "objects", vendor)


@pytest.fixture
async def parked(shop: Shop, alice: User) -> Job:
    """A job at the vendor, not to be asked about for a minute, and never asked about so far."""
    job = await shop.job_of(alice)
    await run(shop)
    shop.woken.jobs.clear()
    return await shop.job(job.id)


async def hinted(shop: Shop, job: Job, vendor: str = "vendor") -> None:
    """A hint, and what the workers do who were woken by it."""
    await shop.hints.heard(vendor, str(job.submission_token))
    for job_id in shop.woken.jobs:
        await shop.watcher.look(job_id)


async def test_a_hint_has_the_vendor_asked_at_once(db: Database, shop: Shop, vendor: Counted, parked: Job) -> None:
    await hinted(shop, parked)
    await run(shop)

    assert (await shop.job(parked.id)).state == "succeeded"
    assert await messages(db) == ["clip_ready"]


async def test_what_a_hint_says_is_not_believed(shop: Shop, vendor: Counted, parked: Job) -> None:
    vendor.on_status = [Status(Phase.RUNNING, 0.5)]

    await hinted(shop, parked)

    assert (await shop.job(parked.id)).state == "running"
    assert vendor.asked == 1


@pytest.mark.parametrize(("name", "token"), [("vendor", "f" * 32), ("nobody", None), ("vendor", "")])
async def test_a_forged_hint_moves_nothing(shop: Shop, parked: Job, name: str, token: str | None) -> None:
    await shop.hints.heard(name, parked.submission_token if token is None else token)  # type: ignore[arg-type]

    assert shop.woken.jobs == []
    assert (await shop.job(parked.id)).next_poll_at == parked.next_poll_at


async def test_a_thousand_hints_are_one_question(shop: Shop, vendor: Counted, parked: Job) -> None:
    vendor.on_status = [Status(Phase.RUNNING, 0.5)] * 1000

    for _ in range(20):
        await asyncio.gather(*(shop.hints.heard("vendor", str(parked.submission_token)) for _ in range(50)))
        await asyncio.gather(*map(shop.watcher.look, shop.woken.jobs))
        await shop.watcher.round()

    assert vendor.asked == 1
    assert shop.woken.jobs == [parked.id]


async def test_after_a_question_the_vendor_is_left_alone_as_long_as_it_likes(
    db: Database, shop: Shop, vendor: Counted, parked: Job
) -> None:
    vendor.on_status = [Status(Phase.RUNNING, 0.5)]
    await hinted(shop, parked)
    # It was put off for longer than the vendor needs to be left alone, as late work is.
    await execute(db, "UPDATE jobs SET next_poll_at = deadline_at")

    await hinted(shop, parked)
    assert vendor.asked == 1
    assert [late for (late,) in await rows(db, "SELECT next_poll_at < deadline_at FROM jobs")] == [True]

    await expire(db, "jobs", "next_poll_at")
    await shop.watcher.round()
    assert vendor.asked == 2


async def test_a_hint_of_work_that_is_over_moves_nothing(shop: Shop, vendor: Counted, parked: Job) -> None:
    await hinted(shop, parked)
    await run(shop)
    shop.woken.jobs.clear()

    await hinted(shop, parked)

    assert shop.woken.jobs == []
    assert (await shop.job(parked.id)).next_poll_at is None


async def test_two_who_look_at_the_same_moment_ask_once(db: Database, shop: Shop, vendor: Counted, parked: Job) -> None:
    vendor.on_status = [Status(Phase.RUNNING, 0.5)]
    await expire(db, "jobs", "next_poll_at")

    await asyncio.gather(*(shop.watcher.look(parked.id) for _ in range(5)))

    assert vendor.asked == 1
