"""When to ask next: learned from how long such work took."""

from __future__ import annotations

import pytest

from services.jobs.rhythm import CALL_LOST_SECONDS, EARLY_A_SECOND, LONGEST_WAIT_SECONDS, Rhythm, Sort, sort_of
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute

JITTER = 0.11
LEAST = 3.0


async def taken(db: Database, shop: Shop, alice: User, *seconds: float) -> tuple[Rhythm, Sort]:
    """A rhythm that has learned of clips that took so long; on SQLite."""
    for took in seconds:
        take = await shop.take_of(alice)
        begun = "strftime('%Y-%m-%d %H:%M:%f000', finished_at, :ago || ' seconds')"  # to the millisecond
        await execute(db, f"UPDATE jobs SET started_at = {begun} WHERE id = :id", ago=-took, id=take.job_id)  # noqa: S608
    sort = sort_of(await shop.job(take.job_id))
    rhythm = Rhythm(db)
    await rhythm.learn({sort})
    return rhythm, sort


@ON_SQLITE
async def test_work_that_can_hardly_be_done_is_asked_about_seldom(db: Database, shop: Shop, alice: User) -> None:
    rhythm, sort = await taken(db, shop, alice, 40, 50, 60)

    assert rhythm.wait(sort, 0.0, LEAST) == pytest.approx(LONGEST_WAIT_SECONDS, rel=JITTER)


@ON_SQLITE
async def test_work_that_should_be_done_is_asked_about_as_often_as_the_vendor_likes(
    db: Database, shop: Shop, alice: User
) -> None:
    rhythm, sort = await taken(db, shop, alice, 40, 50, 60)

    assert rhythm.wait(sort, 30.0, LEAST) == pytest.approx(6.0, rel=JITTER)  # a tenth before the soonest
    assert rhythm.wait(sort, 40.0, LEAST) == pytest.approx(LEAST, rel=JITTER)
    assert rhythm.wait(sort, 500.0, LEAST) == pytest.approx(2 * LEAST, rel=JITTER)


@ON_SQLITE
async def test_where_thousands_are_watched_each_is_asked_about_less_at_first(
    db: Database, shop: Shop, alice: User
) -> None:
    rhythm, sort = await taken(db, shop, alice, 1000, 1000, 1000)
    rhythm._watched = 10_000

    assert rhythm.wait(sort, 0.0, LEAST) == pytest.approx(10_000 / EARLY_A_SECOND, rel=JITTER)
    assert rhythm.wait(sort, 950.0, LEAST) == pytest.approx(LEAST, rel=JITTER)


@ON_SQLITE
async def test_a_vendor_that_calls_back_is_asked_only_in_case_a_call_got_lost(
    db: Database, shop: Shop, alice: User
) -> None:
    rhythm, sort = await taken(db, shop, alice, 40, 50, 60)

    assert rhythm.wait(sort, 45.0, LEAST, calls_back=True) == pytest.approx(CALL_LOST_SECONDS, rel=JITTER)


@ON_SQLITE
async def test_of_work_of_a_new_sort_nothing_is_assumed(db: Database) -> None:
    rhythm = Rhythm(db)

    assert rhythm.wait(("clip", "vendor", "new", 5), 60.0, LEAST) == pytest.approx(2 * LEAST, rel=JITTER)
