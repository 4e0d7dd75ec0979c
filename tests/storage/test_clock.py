"""Time goes in and comes out the same on both databases, and sorts as it passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.exc import StatementError

from storage.clock import db_now, now_plus
from storage.database import Database
from storage.tables import Lease

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are drawn


async def keep(db: Database, moments: list[datetime]) -> None:
    async with db.transaction() as session:
        await session.execute(delete(Lease))
        session.add_all(Lease(name=str(number), owner="", until=until) for number, until in enumerate(moments))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments=st.lists(MOMENTS, min_size=1, max_size=12))
async def test_a_moment_comes_back_as_it_went_in_and_sorts_as_time_does(db: Database, moments: list[datetime]) -> None:
    await keep(db, moments)

    async with db.reading() as session:
        kept = {lease.name: lease.until for lease in await session.scalars(select(Lease))}
        in_order = (await session.scalars(select(Lease.until).order_by(Lease.until))).all()

    assert [kept[str(number)] for number in range(len(moments))] == moments
    assert all(until.tzinfo is UTC for until in kept.values())
    assert in_order == sorted(moments)


async def test_it_refuses_a_moment_without_a_zone(db: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        await keep(db, [datetime(2026, 1, 1)])  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("seconds", [0, 0.001, 0.25, 20, 3600.0, -1.0, -86_400.0 * 30, 0.00001])
async def test_now_plus_is_so_many_seconds_from_the_clock(db: Database, seconds: float) -> None:
    before = datetime.now(UTC)
    async with db.reading() as session:
        then = (await session.execute(select(now_plus(seconds)))).scalar_one()
    after = datetime.now(UTC)

    slack = timedelta(milliseconds=2)  # SQLite tells milliseconds
    shift = timedelta(seconds=seconds)
    assert before + shift - slack <= then <= after + shift + slack


async def test_a_moment_told_by_the_database_compares_with_one_we_wrote(db: Database) -> None:
    await keep(db, [datetime.now(UTC) + timedelta(seconds=shift) for shift in (-5, 5)])

    async with db.reading() as session:
        past = (await session.scalars(select(Lease.name).where(Lease.until < db_now()))).all()
        soon = (await session.scalars(select(Lease.name).where(Lease.until < now_plus(10)))).all()

    assert past == ["0"]
    assert sorted(soon) == ["0", "1"]


async def test_a_moment_written_by_the_database_compares_with_its_clock(db: Database) -> None:
    async with db.transaction() as session:
        session.add(Lease(name="now", owner="", until=db_now()))
    async with db.reading() as session:
        passed = (await session.scalars(select(Lease.name).where(Lease.until <= db_now()))).all()
        ahead = (await session.scalars(select(Lease.name).where(Lease.until > now_plus(-30)))).all()

    assert passed == ahead == ["now"]


async def test_the_clock_runs_on_inside_a_transaction(db: Database) -> None:
    """now() of PostgreSQL stands still in a transaction that waited for a lock: its lease would be over at birth."""
    pause = func.pg_sleep(0.02) if not db.is_sqlite else select(func.count()).scalar_subquery()
    async with db.transaction() as session:
        first = (await session.execute(select(db_now()))).scalar_one()
        for _ in range(1 if not db.is_sqlite else 100):
            await session.execute(select(pause))
        second = (await session.execute(select(db_now()))).scalar_one()

    assert second > first
