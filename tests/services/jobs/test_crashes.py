"""A worker may die at any commit of a job's path, right before it or right after: the next one ends the job, once.

Death is an exception no code handles, and from then on the dead worker's database takes nothing more from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.jobs.health import Health
from services.jobs.outcome import Outcomes
from services.jobs.queue import JobQueue
from services.jobs.runner import Runner
from services.jobs.verdicts import Verdicts
from services.live.live import Live
from services.live.values import Values
from storage.database import Database
from storage.tables import User
from tests.support.auditor import audit
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, expire, rows
from tests.support.vendor import Vendor, refusal

Moment = Literal["before", "after"]
COMMITS = {1: "claim", 2: "submitted", 3: "storing", 4: "succeeded"}
"""What a job commits on its way when all goes well."""


class Killed(BaseException):
    """kill -9: no `except` and no `finally` of ours gets to write anything after it."""


@dataclass
class Death:
    commit: int
    moment: Moment
    commits: int = 0
    came: bool = False


class MortalDatabase(Database):
    """The database as seen by a worker that dies at one of its commits."""

    def __init__(self, url: str, death: Death) -> None:
        super().__init__(url)
        self._death = death

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self._refuse_the_dead()
        async with super().transaction() as session:
            yield session
            self._death.commits += 1
            self._die("before")
        self._die("after")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        self._refuse_the_dead()
        async with super().reading() as session:
            yield session

    def _die(self, moment: Moment) -> None:
        if (self._death.commits, moment) == (self._death.commit, self._death.moment):
            self._death.came = True
            raise Killed

    def _refuse_the_dead(self) -> None:
        if self._death.came:
            raise Killed


async def run_mortal(shop: Shop, url: str, death: Death) -> None:
    """A worker of its own over the same database, that dies."""
    db = MortalDatabase(url, death)
    with pytest.raises(Killed):
        await worker_on(shop, db).run_next("doomed")
    await db.close()


def worker_on(shop: Shop, db: Database) -> Runner:
    kinds = shop.kinds
    outcomes, health = Outcomes(db, kinds), Health(db)
    verdicts = Verdicts(outcomes, shop.catalogue, kinds, health, shop.alerts)
    return Runner(JobQueue(db, Live(db, Values())), outcomes, shop.catalogue, kinds, health, verdicts)


async def recover(shop: Shop, db: Database) -> None:
    """The lease runs out, the sweep and another worker go on; at last the deadline passes."""
    for _ in range(4):
        await expire(db, "jobs")
        await shop.sweep.run(0)
        await shop.worker().run_next("alive")
    await expire(db, "jobs", "deadline_at")
    await shop.sweep.run(0)


async def ends(db: Database) -> list[tuple[str, str, int, int]]:
    """For each job: its state, its hold's, how many takes, how many messages."""
    found = await rows(
        db,
        """SELECT j.state, h.state, (SELECT count(*) FROM takes t WHERE t.job_id = j.id),
           (SELECT count(*) FROM outbox o WHERE o.user_id = j.user_id)
           FROM jobs j JOIN holds h ON h.id = j.hold_id""",
    )
    return [(state, hold, takes, told) for state, hold, takes, told in found]


SUCCESS = [("succeeded", "captured", 1, 1)]
FAILURE = [("failed", "released", 0, 1)]


async def test_the_path_of_a_job_has_the_commits_we_kill_at(shop: Shop, db_url: str, alice: User) -> None:
    """If a commit is added to the path, it must be killed at too."""
    job = await shop.job_of(alice)
    death = Death(commit=99, moment="after")
    db = MortalDatabase(db_url, death)

    await worker_on(shop, db).run_next("lucky")
    await db.close()

    assert (await shop.job(job.id)).state == "succeeded"
    assert death.commits == len(COMMITS)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", COMMITS, ids=COMMITS.get)
async def test_killed_at_a_commit_the_job_is_done_once(
    db: Database, db_url: str, shop: Shop, alice: User, commit: int, moment: Moment
) -> None:
    await shop.job_of(alice)

    await run_mortal(shop, db_url, Death(commit, moment))
    await audit(db)
    await recover(shop, db)

    assert await ends(db) == SUCCESS
    assert await shop.balance(alice) == (8, 0)
    assert shop.vendor.works == 1, "the vendor charges once"


@ON_SQLITE
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", COMMITS, ids=COMMITS.get)
async def test_killed_with_a_vendor_that_would_charge_twice_nothing_is_submitted_twice(
    db: Database, db_url: str, shop: Shop, alice: User, commit: int, moment: Moment
) -> None:
    """Between the claim and the saved id nobody knows: such a job waits for its deadline and is given back."""
    shop.vendor.resubmits_safely = False
    await shop.job_of(alice)

    await run_mortal(shop, db_url, Death(commit, moment))
    await audit(db)
    await recover(shop, db)

    nobody_knows = (commit, moment) in [(1, "after"), (2, "before")]
    assert await ends(db) == (FAILURE if nobody_knows else SUCCESS)
    assert len(shop.vendor.submissions) <= 1


@ON_SQLITE
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", COMMITS, ids=COMMITS.get)
async def test_killed_together_with_an_embedded_renderer_the_job_is_done_once(
    db: Database, db_url: str, shop: Shop, alice: User, commit: int, moment: Moment
) -> None:
    """The work dies with the process: the next one begins it anew under the same token."""
    await shop.job_of(alice)

    await run_mortal(shop, db_url, Death(commit, moment))
    shop.vendor.forget_everything()
    await recover(shop, db)

    assert await ends(db) == SUCCESS
    assert len({request.token for request in shop.vendor.submissions}) == 1


@ON_SQLITE
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", [1, 2])
async def test_killed_while_refusing_the_job_fails_once(
    db: Database, db_url: str, shop: Shop, alice: User, commit: int, moment: Moment
) -> None:
    shop.vendor.on_submit = [refusal(retryable=False) for _ in range(5)]
    await shop.job_of(alice)

    await run_mortal(shop, db_url, Death(commit, moment))
    await recover(shop, db)

    assert await ends(db) == FAILURE
    assert await shop.balance(alice) == (10, 0)


@ON_SQLITE
@pytest.mark.parametrize("where", ["submit", "status", "fetch", "the video", "the thumbnail"])
async def test_killed_between_commits_the_job_is_done_once(
    db: Database, db_url: str, shop: Shop, alice: User, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.job_of(alice)
    with monkeypatch.context() as fatal:
        die_in(where, shop, fatal)
        death = Death(commit=99, moment="after")
        await run_mortal(shop, db_url, death)
    await recover(shop, db)

    assert await ends(db) == SUCCESS
    assert shop.vendor.works == 1


def die_in(where: str, shop: Shop, fatal: pytest.MonkeyPatch) -> None:
    """Let the worker die inside a call to the vendor or to the object store."""
    if where in ("the video", "the thumbnail"):
        real_put = shop.store.put

        async def put(key: str, source: bytes | Path, content_type: str) -> None:
            if (content_type == "video/mp4") == (where == "the video"):
                raise Killed
            await real_put(key, source, content_type)

        fatal.setattr(shop.store, "put", put)
        return

    async def die(*_: object) -> None:
        raise Killed

    fatal.setattr(shop.vendor, where, die)


@ON_SQLITE
async def test_a_zombie_that_wakes_up_in_the_middle_of_its_successor_s_work_changes_nothing(
    db: Database, shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused past its lease right before it would have captured, it comes back when another one has."""
    await shop.job_of(alice)
    paused, wake = asyncio.Event(), asyncio.Event()
    real_accept = shop.kind.accept
    first = True

    async def accept(job: object, result: Path) -> object:
        nonlocal first
        accepted = await real_accept(job, result)  # type: ignore[arg-type]
        if first:
            first = False
            paused.set()
            await wake.wait()
        return accepted

    monkeypatch.setattr(shop.kind, "accept", accept)
    zombie = asyncio.create_task(shop.worker().run_next("zombie"))
    await asyncio.wait_for(paused.wait(), 20)
    await expire(db, "jobs")

    await shop.worker().run_next("alive")
    wake.set()
    await asyncio.wait_for(zombie, 20)

    assert await ends(db) == SUCCESS
    assert len(vendor.submissions) == 1


async def test_many_workers_and_many_deaths_leave_every_job_ended_once(
    db: Database, db_url: str, shop: Shop, alice: User, bob: User
) -> None:
    for user in (alice, bob, alice, bob):
        await shop.job_of(user)
    deaths = [Death(1, "after"), Death(2, "before"), Death(3, "after"), Death(4, "before")]

    await asyncio.gather(*(run_mortal(shop, db_url, death) for death in deaths))
    await audit(db)
    await expire(db, "jobs")
    await asyncio.gather(*(shop.worker().run_next(f"alive {number}") for number in range(4)))

    assert {end[:3] for end in await ends(db)} == {("succeeded", "captured", 1)}
    assert await rows(db, "SELECT count(*) FROM outbox") == [(4,)]
    assert shop.vendor.works == 4
