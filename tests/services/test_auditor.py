"""The auditor finds what it says it looks for: each wrong is done to sound books, and is found."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from media.finished import Finished
from services.films.kind import StoredFilm
from services.films.options import HEIGHTS, FilmOptions
from services.payments.facts import STARS, Reversed
from services.promos import NewCode
from storage.database import Database
from storage.tables import User
from tests.support.audit_rewards import REWARDS
from tests.support.audit_rules import HOLDS_OF_JOBS, MONEY, PAYMENTS, WORK
from tests.support.auditor import audit, broken
from tests.support.builders import Shop, create_pack, create_user
from tests.support.customers import approves_a_clip, buys, newcomer
from tests.support.database import execute
from tests.support.money import charge_for, told
from tests.support.vendor import Vendor

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
    "belongs to a payment": "UPDATE transfers SET key = 'forged' || id WHERE kind = 'purchase'",
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
    "if and only if it vested": "UPDATE referrals SET state = 'revoked' WHERE state = 'vested'",
    "got the same, once": "UPDATE referrals SET credits = credits + 1 WHERE state = 'joined'",
    "captured hold of the friend's own": "UPDATE referrals SET hold_id = (SELECT MIN(id) FROM holds)",
    "as often as it was redeemed": "UPDATE promo_codes SET uses = uses + 1",
    "nobody had it too often": "UPDATE redemptions SET number = 2",
    "gave what the code is worth": "UPDATE promo_codes SET credits = credits + 1",
    "gave its credits to who shared": "UPDATE share_visits SET credits = 0",
    "nobody visits what is their own": "UPDATE share_visits SET visitor_id = (SELECT user_id FROM shares)",
    "belongs to a referral, a redemption or a visit": "DELETE FROM share_visits",
    "told to who invited": "DELETE FROM outbox WHERE kind = 'referral_vested'",
    "terminal if and only if": "UPDATE jobs SET state = 'failed', finished_at = created_at WHERE state = 'queued'",
    "captured if and only if": "UPDATE jobs SET state = 'failed' WHERE state = 'succeeded'",
    "there is a take": "DELETE FROM takes",
    "gets a gift": "UPDATE takes SET gift = 1",
    "took is what it costs": "UPDATE jobs SET charge = 1 WHERE state = 'succeeded'",
    "one person's, for one price": "UPDATE jobs SET price = price + 1",
    "being worked on": "UPDATE drafts SET state = 'open'",
    "told once": "DELETE FROM outbox",
    "as what it was": "UPDATE outbox SET key = REPLACE(key, 'clip_ready', 'clip_failed')",
    "its film is there": "UPDATE films SET video_key = NULL",
    "and costs nothing": "UPDATE jobs SET price = 1 WHERE kind = 'film'",
    "a film, its project and its job": "UPDATE films SET user_id = user_id + 1",
    "two films of the same": "UPDATE films SET digest = 'same'",
    "a film job's end is told once": "DELETE FROM outbox WHERE kind LIKE 'film_%'",
    "stand at 1, 2, 3": "UPDATE clips SET position = position + 2",
    "is not discarded while the project": "UPDATE takes SET discarded_at = created_at",
    "of an erased project nothing": "UPDATE projects SET deleted_at = created_at, erased_at = created_at",
    "come together": "UPDATE jobs SET hold_id = 404 WHERE state = 'queued' AND kind = 'clip'",
}


@pytest.fixture(scope="module")
def busy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which much was done: it is copied for each wrong."""
    folder = tmp_path_factory.mktemp("busy")
    path = shutil.copyfile(sqlite_template, folder / "echoes.db")
    asyncio.run(do_much(path, folder))
    return path


async def do_much(path: Path, folder: Path) -> None:
    """One clip made and approved, one cancelled, one waiting, and films; the till was busy, and friends came."""
    db = Database(f"sqlite+aiosqlite:///{path}")
    shop, alice = Shop(db, folder / "objects", Vendor()), await create_user(db)
    await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    cancelled = await shop.job_of(alice)
    await shop.cancel.draft(alice.id, cancelled.draft_id or 0)
    await reward(shop, alice)
    await sell(shop, alice)
    await film(shop, alice)
    await shop.job_of(alice)
    await audit(db)
    await db.close()


async def film(shop: Shop, user: User) -> None:
    """One film made, and two in the making."""
    (project, *_) = await shop.projects.list(user.id)
    for height in HEIGHTS:
        await shop.films.order(user.id, project.project.id, FilmOptions(height, False, "cut", False))
    claim = await shop.claim()
    await shop.outcomes.succeed(claim, StoredFilm(Finished(854, 480, 5.0, 1000), "films/1.mp4", "films/1.jpg"))


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


async def reward(shop: Shop, user: User) -> None:
    """One friend became a customer, another one only came, somebody came to see a project, and knew a code."""
    code = (await shop.referrals.invitation(user.id)).code
    customer, _ = [await newcomer(shop.db, name, link=f"ref_{code}") for name in ("Carol", "Dave")]
    await buys(shop, customer)
    for _ in range(2):
        await approves_a_clip(shop, customer)
    (project, *_) = await shop.projects.list(user.id)
    share = await shop.sharing.share(user.id, project.project.id)
    visitor = await newcomer(shop.db, "Erin", link=f"p_{share.token}")
    await shop.promos.create(await shop.boss(), NewCode("SUMMER", 5))
    await shop.promos.redeem(visitor.id, "SUMMER")


@pytest.fixture
def books(busy: Path) -> Iterator[sqlite3.Connection]:
    """A copy to do wrong to: neither references nor checks are minded by the database here."""
    with closing(sqlite3.connect(busy)) as kept, closing(sqlite3.connect(":memory:")) as copy:
        kept.backup(copy)
        copy.execute("PRAGMA ignore_check_constraints = ON")
        yield copy


def found(books: sqlite3.Connection) -> list[str]:
    return broken(lambda query: books.execute(query).fetchall())


def test_sound_books_pass(books: sqlite3.Connection) -> None:
    assert found(books) == []


@pytest.mark.parametrize(("rule", "wrong"), WRONGS.items(), ids=WRONGS)
def test_it_finds(books: sqlite3.Connection, rule: str, wrong: str) -> None:
    books.execute(wrong)

    assert any(rule in line for line in found(books))


async def test_it_says_what_it_found(db: Database) -> None:
    await create_user(db)
    await execute(db, "UPDATE transfers SET amount = amount + 1")

    with pytest.raises(AssertionError, match="replaying the transfers gives each balance, but: "):
        await audit(db)

    await execute(db, "UPDATE transfers SET amount = amount - 1")


def test_every_rule_is_broken_here_once() -> None:
    rules = MONEY | PAYMENTS | REWARDS | WORK | HOLDS_OF_JOBS

    assert [rule for rule in rules if not any(wrong in rule for wrong in WRONGS)] == []
