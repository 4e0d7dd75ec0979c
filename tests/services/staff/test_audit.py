"""The log is written with the change itself, and nobody changes it afterwards, not even past the program."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from services.staff.audit import PAGE, Action, record
from storage.database import Database
from tests.support.builders import Shop
from tests.support.database import ON_POSTGRES, ON_SQLITE, execute, rows

TABLES = ("audit_log", "value_changes")


async def test_what_is_undone_is_not_logged(db: Database, shop: Shop) -> None:
    boss = await shop.boss()

    async def use_case() -> None:
        async with db.transaction() as session:
            await record(session, boss, Action.BANNED, "user:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await use_case()
    assert await rows(db, "SELECT id FROM audit_log") == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET actor_id = actor_id", "DELETE FROM {}"])
async def test_no_row_can_be_changed_or_deleted(db: Database, shop: Shop, table: str, change: str) -> None:
    await shop.live.set(await shop.boss(), "signup_credits", 7)  # writes a row in each
    with pytest.raises(DBAPIError, match="append-only"):
        await execute(db, change.format(table))
    assert len(await rows(db, f"SELECT id FROM {table}")) == 1  # noqa: S608 - names of ours


@ON_POSTGRES
@pytest.mark.parametrize("table", TABLES)
async def test_not_even_all_of_it_at_once(db: Database, shop: Shop, table: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await execute(db, f"TRUNCATE {table}")


@ON_SQLITE
async def test_it_is_read_newest_first_a_page_at_a_time_by_subject_and_by_who(db: Database, shop: Shop) -> None:
    boss = await shop.boss()
    async with db.transaction() as session:
        for number in range(PAGE + 2):
            after = {"number": number}
            await record(session, boss, Action.CREDITS_GIVEN, f"user:{number % 2}", before={"number": 0}, after=after)

    page, total = await shop.audit.listed()
    assert (len(page), total) == (PAGE, PAGE + 2)
    assert page[0].entry.after == {"number": PAGE + 1}
    assert page[0].actor.first_name == "Olga"
    assert len((await shop.audit.listed(1))[0]) == 2
    assert (await shop.audit.listed(subject="user:1"))[1] == (PAGE + 2) // 2
    assert (await shop.audit.listed(actor_id=boss.user_id))[1] == PAGE + 2
    assert (await shop.audit.listed(actor_id=boss.user_id + 1))[1] == 0
