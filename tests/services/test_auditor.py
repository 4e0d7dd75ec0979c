"""The auditor finds what it says it looks for: each wrong is done to sound books, and is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.payments.facts import STARS, Reversed
from storage.database import Database
from storage.tables import Base, User
from tests.support.audit_rules import HOLDS_OF_JOBS, MONEY, PAYMENTS, WORK
from tests.support.auditor import audit, findings
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, execute
from tests.support.money import charge_for, told

WRONGS = {
    "the sum of all balances": "UPDATE accounts SET balance = balance + 1 WHERE user_id IS NULL",
    "replaying the transfers": "UPDATE accounts SET balance = balance + 1 WHERE kind = 'available'",
    "less than nothing": "UPDATE accounts SET balance = -1 WHERE kind = 'available'",
    "a debt is nothing or less": "UPDATE accounts SET balance = 1 WHERE kind = 'debt'",
    "who owes has nothing available": "UPDATE accounts SET balance = -1 WHERE kind = 'debt'",
    "all three pockets": "DELETE FROM accounts WHERE kind = 'held'",
    "come to people from the house": "UPDATE transfers SET source_id = target_id + 1 WHERE kind = 'signup'",
    "and pay what they owe": "UPDATE transfers SET kind = 'repayment' WHERE kind = 'signup'",
    "open holds": "UPDATE holds SET amount = amount + 1 WHERE state = 'held'",
    "took its amount once": "DELETE FROM transfers WHERE kind = 'hold'",
    "resolved exactly once": "DELETE FROM transfers WHERE kind = 'release'",
    "goes where its kind says": "UPDATE transfers SET kind = 'generation' WHERE kind = 'release'",
    "only transfers of holds": "UPDATE transfers SET hold_id = NULL WHERE kind = 'generation'",
    "in the ledger for what it bought": "UPDATE transfers SET amount = amount + 1 WHERE kind = 'purchase'",
    "less what was taken back": "DELETE FROM transfers WHERE kind = 'refund'",
    "was credited once": "UPDATE transfers SET kind = 'admin' WHERE kind = 'purchase'",
    "belongs to a payment": "UPDATE transfers SET key = 'forged' WHERE kind = 'purchase'",
    "is their part of the payment": "UPDATE reversals SET amount = amount / 2",
    "matched it": "UPDATE orders SET state = 'open', paid_at = NULL",
    "is what was ordered": "UPDATE orders SET amount = amount + 1",
    "by who ordered it": "UPDATE orders SET user_id = user_id + 1",
    "taken from nobody else": "UPDATE transfers SET user_id = user_id + 1 WHERE kind = 'refund'",
    "waits or went back": "UPDATE payments SET credits = 5 WHERE state = 'unmatched'",
    "all of it went back": "UPDATE payments SET state = 'unmatched' WHERE state = 'returned'",
    "off the list if and only if": "UPDATE payments SET state = 'returned' WHERE state = 'unmatched'",
    "is told of it once": "DELETE FROM outbox WHERE kind = 'payment_received'",
    "moved is told": "DELETE FROM outbox WHERE kind = 'payment_reversed'",
    "no earlier than the one before": "UPDATE reconciliations SET cursor = -id",
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
    """One clip made and approved, one cancelled, one waiting; and the till was busy."""
    await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    cancelled = await shop.job_of(alice)
    await shop.cancel.draft(alice.id, cancelled.draft_id or 0)
    await shop.job_of(alice)
    await sell(shop, alice)
    return shop


async def sell(shop: Shop, user: User) -> None:
    """One pack paid and half refunded, one payment on the list, one that left it because it went back."""
    order = (await shop.orders.open(user.id, (await create_pack(shop.db)).id, STARS)).order
    paid = await charge_for(shop.db, order, user)
    strange, returned = (replace(paid, external_id=name, reference=None) for name in ("strange", "returned"))
    for fact in (
        paid,
        Reversed(STARS, "half", "refund", paid.external_id, 125, "succeeded"),
        strange,
        returned,
        Reversed(STARS, "whole", "refund", "returned", 250, "succeeded"),
    ):
        await told(shop.db, fact)
    for _ in range(2):
        await shop.stars.reconcile()


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


def test_every_rule_is_broken_here_once() -> None:
    rules = MONEY | PAYMENTS | WORK | HOLDS_OF_JOBS

    assert [rule for rule in rules if not any(wrong in rule for wrong in WRONGS)] == []


async def shut_its_eyes(db: Database) -> None:
    """References and checks are minded by the database; here the rows are to be wrong."""
    async with db.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.execute("PRAGMA foreign_keys = OFF")
        await driver.execute("PRAGMA ignore_check_constraints = ON")


async def forget_all(db: Database) -> None:
    """Leave nothing for the audit that follows each test."""
    for table in Base.metadata.tables:
        await execute(db, f"DELETE FROM {table}")  # noqa: S608 - names of ours
