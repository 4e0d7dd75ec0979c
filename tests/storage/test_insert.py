"""Inserting what may be there already, told by a constraint and not by looking first."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from storage.clock import now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Account, Incoming, Lease, User
from tests.support.database import rows


async def insert(db: Database, telegram_id: int = 17) -> int | None:
    async with db.transaction() as session:
        return await insert_once(session, User, telegram_id=telegram_id, first_name="Alice", language="en")


async def forget_users(db: Database) -> None:
    """Rows made here have no accounts, which the auditor would rightly mind."""
    async with db.transaction() as session:
        await session.execute(User.__table__.delete())  # type: ignore[attr-defined]


async def test_of_fifty_at_once_one_inserts(db: Database) -> None:
    ids = await asyncio.gather(*(insert(db) for _ in range(50)))

    made = [one for one in ids if one is not None]
    assert len(made) == 1
    assert await rows(db, "SELECT id FROM users") == [(made[0],)]
    await forget_users(db)


async def test_it_tells_the_new_rows_id_and_applies_defaults(db: Database) -> None:
    made = await insert(db)

    async with db.reading() as session:
        user = await session.get_one(User, made)
    assert (user.default_duration_s, user.dialogue, user.language_chosen) == (5, {}, False)
    assert user.created_at is not None
    await forget_users(db)


async def test_the_row_that_was_there_stays_as_it_was(db: Database) -> None:
    async with db.transaction() as session:
        first = await insert_once(session, Lease, name="sweep", owner="first", until=now_plus(5))
        second = await insert_once(session, Lease, name="sweep", owner="second", until=now_plus(5))

    assert first is not None
    assert second is None
    assert await rows(db, "SELECT owner FROM leases") == [("first",)]


async def test_the_transaction_goes_on_after_a_repetition(db: Database) -> None:
    async with db.transaction() as session:
        for external_id in ("1", "1", "2"):
            await insert_once(session, Incoming, source="telegram:1", external_id=external_id, body={})

    assert await rows(db, "SELECT external_id FROM inbox ORDER BY id") == [("1",), ("2",)]


async def test_a_failed_check_is_no_repetition(db: Database) -> None:
    made = await insert(db)
    with pytest.raises(IntegrityError):
        async with db.transaction() as session:
            await insert_once(session, Account, user_id=made, kind="available", balance=-1)
    await forget_users(db)


async def test_a_broken_reference_is_no_repetition(db: Database) -> None:
    with pytest.raises(IntegrityError):
        async with db.transaction() as session:
            await insert_once(session, Account, user_id=404, kind="available")


@pytest.mark.parametrize(("names", "decided"), [(["a"], True), ([], False), (["a", "b"], False)])
async def test_changed_one_means_exactly_one(db: Database, names: list[str], decided: bool) -> None:
    async with db.transaction() as session:
        session.add_all(Lease(name=name, owner="", until=now_plus(1)) for name in ("a", "b"))
        await session.flush()
        result = await session.execute(update(Lease).where(Lease.name.in_(names)).values(owner="me"))

        assert changed_one(result) is decided
        assert len((await session.scalars(select(Lease).where(Lease.owner == "me"))).all()) == len(names)
