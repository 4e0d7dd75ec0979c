"""The way of a job that is made by a remote vendor, killed before and after every commit and every side effect.

Each way is a walk that can be taken again and again: a process walks until it is killed, and then another one walks
the same way to its end.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from providers.base import FailureReason, Phase, Status
from services.errors import AlreadyDone
from storage.database import Database
from storage.tables import User
from tests.services.jobs.test_crashes import Death, Killed, Moment, MortalDatabase
from tests.services.jobs.test_failover import Other
from tests.support.auditor import audit
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, expire, rows
from tests.support.vendor import Vendor, refusal


class Remote(Vendor):
    """It says how `now` stands for all work, and takes a token for what it is."""

    def __init__(self, name: str = "vendor") -> None:
        super().__init__(embedded=False, name=name)
        self.now = Status(Phase.DONE, cost=1.0)

    async def status(self, external_id: str) -> Status:
        known = await super().status(external_id)
        return known if known.phase is Phase.GONE else self.now


class Elsewhere(Other):
    def __init__(self) -> None:
        super().__init__(embedded=False, name="other")


@dataclass(frozen=True)
class Scene:
    """`alive`: the database as the test itself sees it; nobody dies of looking there."""

    alive: Database
    vendor: Remote
    other: Elsewhere
    alice: User


Walk = Callable[[Shop, Scene], Awaitable[None]]


async def step(shop: Shop, scene: Scene) -> None:
    """Whatever waits for its time need not wait; a worker takes what it can get, and the watcher looks once."""
    for column in ("lease_until", "due_at", "next_poll_at"):
        await expire(scene.alive, "jobs", column)
    await shop.worker().run_next("somebody")
    await shop.watcher.round()


async def collected(shop: Shop, scene: Scene) -> None:
    """At the vendor, parked, watched, and collected."""
    for _ in range(3):
        await step(shop, scene)


async def elsewhere(shop: Shop, scene: Scene) -> None:
    """The first vendor fails it, the second one makes it for less."""
    words = refusal(retryable=False, reason=FailureReason.UNAVAILABLE)
    scene.vendor.now = Status(Phase.FAILED, error=words)
    for _ in range(4):
        await step(shop, scene)


async def cancelled(shop: Shop, scene: Scene) -> None:
    """Its owner no longer wants it, and the vendor is told."""
    scene.vendor.now = Status(Phase.RUNNING, 0.5)
    await step(shop, scene)
    (draft,) = (await rows(scene.alive, "SELECT draft_id FROM jobs"))[0]
    with contextlib.suppress(AlreadyDone):
        await shop.cancel.draft(scene.alice.id, draft)
    for _ in range(2):
        await step(shop, scene)


async def given(shop: Shop, scene: Scene) -> None:
    """The deadline passes while the vendor works on; then the clip comes after all, for nothing."""
    scene.vendor.now = Status(Phase.RUNNING, 0.5)
    for _ in range(2):
        await step(shop, scene)
    await expire(scene.alive, "jobs", "deadline_at")
    await shop.sweep.run(0)
    scene.vendor.now = Status(Phase.DONE, cost=1.0)
    await expire(scene.alive, "jobs", "next_poll_at")
    await shop.late.round()


@dataclass(frozen=True)
class Way:
    walk: Walk
    commits: tuple[str, ...]
    """`idle`: a worker looked for something to do, and found nothing."""
    end: tuple[str, str, int, list[str]]
    """The job's state, its hold's, how many takes there are, and what its owner is told."""
    balance: tuple[int, int]
    effects: tuple[str, ...]


READY = ("succeeded", "captured", 1, ["clip_ready"])
WAYS = {
    "collected": Way(
        collected,
        ("claim", "submitted", "parked", "handed over", "claim again", "succeeded", "idle"),
        READY,
        (8, 0),
        ("vendor submit", "vendor status", "vendor fetch", "store put"),
    ),
    "elsewhere": Way(
        elsewhere,
        (
            *("claim", "submitted", "parked", "watched", "held against the vendor", "moved"),
            *("claim there", "submitted there", "parked there", "handed over", "claim again", "succeeded"),
            "idle",
        ),
        READY,
        (9, 0),
        ("vendor submit", "vendor status", "other submit", "other status", "other fetch", "store put"),
    ),
    "cancelled": Way(
        cancelled,
        ("claim", "submitted", "parked", "watched", "wished", "idle", "watched again", "cancelled", "idle again"),
        ("cancelled", "released", 0, ["clip_cancelled"]),
        (10, 0),
        ("vendor submit", "vendor status", "vendor cancel"),
    ),
    "given": Way(
        given,
        ("claim", "submitted", "parked", "watched", "idle", "watched again", "failed", "given"),
        ("failed", "released", 1, ["clip_failed", "clip_gift"]),
        (10, 0),
        ("vendor submit", "vendor status", "vendor fetch", "store put"),
    ),
}
MOMENTS: tuple[Moment, ...] = ("before", "after")


@pytest.fixture
def scene(db: Database, alice: User) -> Scene:
    return Scene(db, Remote(), Elsewhere(), alice)


@pytest.fixture
def shop(db: Database, tmp_path: Path, scene: Scene) -> Shop:
    return Shop(db, tmp_path / "objects", scene.vendor, scene.other)


async def walk_mortally(way: Way, shop: Shop, url: str, scene: Scene, death: Death) -> None:
    """A process of its own walks until its death comes, if it comes."""
    db = MortalDatabase(url, death)
    with contextlib.suppress(Killed):
        await way.walk(Shop(db, shop.folder, scene.vendor, scene.other), scene)
    await db.close()


async def ended(db: Database, way: Way) -> tuple[str, str, int, list[str]]:
    found = await rows(
        db,
        """SELECT j.state, h.state, (SELECT count(*) FROM takes t WHERE t.job_id = j.id)
           FROM jobs j JOIN holds h ON h.id = j.hold_id""",
    )
    told = [kind for (kind,) in await rows(db, "SELECT kind FROM outbox WHERE kind LIKE 'clip_%' ORDER BY id")]
    state, hold, takes = found[0]
    return state, hold, takes, told


@pytest.mark.parametrize("name", WAYS)
async def test_each_way_has_the_commits_we_kill_at(
    db: Database, db_url: str, shop: Shop, scene: Scene, name: str
) -> None:
    """If a commit is added to a way, it must be killed at too."""
    way = WAYS[name]
    await shop.job_of(scene.alice)
    death = Death(commit=99, moment="after")

    await walk_mortally(way, shop, db_url, scene, death)

    assert death.commits == len(way.commits)
    assert await ended(db, way) == way.end
    assert await shop.balance(scene.alice) == way.balance


@ON_SQLITE
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("name", "commit"), [(name, place) for name, way in WAYS.items() for place in range(1, len(way.commits) + 1)]
)
async def test_killed_at_a_commit_somebody_else_goes_the_same_way(
    db: Database, db_url: str, shop: Shop, scene: Scene, name: str, commit: int, moment: Moment
) -> None:
    way = WAYS[name]
    await shop.job_of(scene.alice)
    death = Death(commit, moment)

    await walk_mortally(way, shop, db_url, scene, death)
    assert death.came
    await audit(db)
    await way.walk(shop, scene)

    assert await ended(db, way) == way.end
    assert await shop.balance(scene.alice) == way.balance
    assert scene.vendor.works <= 1, "one token is one piece of work"
    assert scene.other.works <= 1


@ON_SQLITE
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(("name", "effect"), [(name, effect) for name, way in WAYS.items() for effect in way.effects])
async def test_killed_at_a_side_effect_somebody_else_goes_the_same_way(
    db: Database, db_url: str, shop: Shop, scene: Scene, name: str, effect: str, moment: Moment
) -> None:
    way = WAYS[name]
    await shop.job_of(scene.alice)
    death = Death(commit=99, moment="after")
    mortal = MortalDatabase(db_url, death)
    doomed = Shop(mortal, shop.folder, scene.vendor, scene.other)

    with pytest.MonkeyPatch.context() as fatal:
        die_at(effect, moment, death, {"vendor": scene.vendor, "other": scene.other, "store": doomed.store}, fatal)
        with pytest.raises(Killed):
            await way.walk(doomed, scene)
    await mortal.close()
    await audit(db)
    await way.walk(shop, scene)

    assert await ended(db, way) == way.end
    assert await shop.balance(scene.alice) == way.balance
    assert scene.vendor.works <= 1
    assert scene.other.works <= 1


def die_at(effect: str, moment: Moment, death: Death, whose: dict[str, Any], fatal: pytest.MonkeyPatch) -> None:
    """From then on the dead one's database takes nothing more from it either."""
    target, name = effect.split()
    real = getattr(whose[target], name)

    async def do_and_die(*arguments: Any) -> Any:
        if moment == "after":
            await real(*arguments)
        death.came = True
        raise Killed

    fatal.setattr(whose[target], name, do_and_die)


@ON_SQLITE
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("commit", [1, 2, 3], ids=WAYS["collected"].commits[:3])
async def test_with_a_vendor_that_takes_no_token_nothing_is_handed_over_twice(
    db: Database, db_url: str, shop: Shop, scene: Scene, commit: int, moment: Moment
) -> None:
    """Between the claim and the saved id nobody knows: such a job waits for its deadline and is given back."""
    scene.vendor.resubmits_safely = False
    await shop.job_of(scene.alice)

    await walk_mortally(WAYS["collected"], shop, db_url, scene, Death(commit, moment))
    await collected(shop, scene)
    await expire(db, "jobs", "deadline_at")
    await shop.sweep.run(0)

    nobody_knows = (commit, moment) in [(1, "after"), (2, "before")]
    assert await ended(db, WAYS["collected"]) == (("failed", "released", 0, ["clip_failed"]) if nobody_knows else READY)
    assert len(scene.vendor.submissions) <= 1


@ON_SQLITE
@pytest.mark.parametrize("commit", [1, 2], ids=["vendor told to stop", "cancelled"])
@pytest.mark.parametrize("moment", MOMENTS)
async def test_what_nobody_wants_is_stopped_at_the_vendor_though_the_watcher_dies(
    db: Database, db_url: str, shop: Shop, scene: Scene, commit: int, moment: Moment
) -> None:
    job = await shop.job_of(scene.alice)
    scene.vendor.now = Status(Phase.RUNNING, 0.5)
    await shop.worker().run_next("somebody")
    await shop.cancel.draft(scene.alice.id, job.draft_id or 0)
    mortal = MortalDatabase(db_url, Death(commit, moment))

    with pytest.raises(Killed):
        await Shop(mortal, shop.folder, scene.vendor, scene.other).watcher.round()
    await mortal.close()
    await step(shop, scene)

    assert scene.vendor.cancelled
    assert set(scene.vendor.cancelled) == {"work-1"}
    assert (await ended(db, WAYS["cancelled"]))[:2] == ("cancelled", "released")
