"""The auditor finds what it says it looks for: each wrong is done to sound books, and is found."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.auditor import audit, findings
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute

WRONGS = {
    "the sum of all balances": "UPDATE accounts SET balance = balance + 1 WHERE user_id IS NULL",
    "replaying the transfers": "UPDATE accounts SET balance = balance + 1 WHERE kind = 'available'",
    "all three pockets": "DELETE FROM accounts WHERE kind = 'held'",
    "open holds": "UPDATE holds SET amount = amount + 1 WHERE state = 'held'",
    "took its amount once": "DELETE FROM transfers WHERE kind = 'hold'",
    "resolved exactly once": "DELETE FROM transfers WHERE kind = 'release'",
    "goes where its kind says": "UPDATE transfers SET amount = amount + 1 WHERE kind = 'generation'",
    "only transfers of holds": "UPDATE transfers SET hold_id = NULL WHERE kind = 'generation'",
    "terminal if and only if": "UPDATE jobs SET state = 'failed', finished_at = created_at WHERE state = 'queued'",
    "captured if and only if": "UPDATE jobs SET state = 'failed' WHERE state = 'succeeded'",
    "there is a take": "DELETE FROM takes",
    "one person's, for one price": "UPDATE jobs SET price = price + 1",
    "being worked on": "UPDATE drafts SET state = 'open'",
    "told once": "DELETE FROM outbox",
    "as what it was": "UPDATE outbox SET key = REPLACE(key, 'clip_ready', 'clip_failed')",
    "stand at 1, 2, 3": "UPDATE clips SET position = 3",
    "come together": "UPDATE jobs SET hold_id = 404 WHERE state = 'queued'",
}


@pytest.fixture
async def busy(shop: Shop, alice: User) -> Shop:
    """One clip made and approved, one cancelled, one waiting."""
    await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    cancelled = await shop.job_of(alice)
    await shop.cancel.draft(alice.id, cancelled.draft_id or 0)
    await shop.job_of(alice)
    return shop


@ON_SQLITE
async def test_sound_books_pass(db: Database, busy: Shop) -> None:
    await audit(db)


@ON_SQLITE
@pytest.mark.parametrize(("rule", "wrong"), WRONGS.items(), ids=WRONGS)
async def test_it_finds(db: Database, busy: Shop, rule: str, wrong: str) -> None:
    await shut_its_eyes(db)
    await execute(db, wrong)

    assert any(rule in line for line in await findings(db))

    await forget_all(db)


@ON_SQLITE
async def test_it_finds_who_has_less_than_nothing(db: Database, busy: Shop) -> None:
    await shut_its_eyes(db)
    await execute(db, "PRAGMA ignore_check_constraints = ON")
    await execute(db, "UPDATE accounts SET balance = -1 WHERE kind = 'available'")

    with pytest.raises(AssertionError, match="less than nothing"):
        await audit(db)

    await forget_all(db)


async def shut_its_eyes(db: Database) -> None:
    """References are minded by the database; here the rows are to be wrong."""
    async with db.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.execute("PRAGMA foreign_keys = OFF")


async def forget_all(db: Database) -> None:
    """Leave nothing for the audit that follows each test."""
    for table in ("clips", "takes", "jobs", "transfers", "holds", "outbox", "accounts", "drafts", "projects", "users"):
        await execute(db, f"DELETE FROM {table}")  # noqa: S608 - names from the line above
