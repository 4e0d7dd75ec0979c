"""A duty is one process's at a time, and the next one's once that process falls silent."""

from __future__ import annotations

import asyncio

from services.leases import Leases
from storage.database import Database
from tests.support.database import expire


async def test_of_twenty_that_want_a_duty_one_has_it(db: Database) -> None:
    got = await asyncio.gather(*(Leases(db, f"worker {number}").hold("sweep", 30) for number in range(20)))

    assert sum(got) == 1


async def test_its_holder_renews_it_and_others_wait(db: Database) -> None:
    one, other = Leases(db, "one"), Leases(db, "other")

    assert await one.hold("sweep", 30)
    assert await one.hold("sweep", 30)
    assert not await other.hold("sweep", 30)


async def test_another_takes_over_when_it_ran_out(db: Database) -> None:
    one, other = Leases(db, "one"), Leases(db, "other")
    await one.hold("sweep", 30)
    await expire(db, "leases", "until")

    assert await other.hold("sweep", 30)
    assert not await one.hold("sweep", 30)


async def test_letting_go_frees_it_at_once(db: Database) -> None:
    one, other = Leases(db, "one"), Leases(db, "other")
    await one.hold("sweep", 30)

    await one.let_go("sweep")

    assert await other.hold("sweep", 30)


async def test_nobody_lets_go_for_another(db: Database) -> None:
    one, other = Leases(db, "one"), Leases(db, "other")
    await one.hold("sweep", 30)

    await other.let_go("sweep")

    assert not await other.hold("sweep", 30)


async def test_duties_do_not_touch_each_other(db: Database) -> None:
    assert await Leases(db, "one").hold("sweep", 30)
    assert await Leases(db, "other").hold("cards", 30)
