"""A copy has all that is kept of somebody and nothing of others; after the deletion only the books are left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.copying import sections
from services.erasing import Erasing
from services.errors import Erased, HasRole, NotYours
from services.staff.rights import Role
from services.users import Newcomer, Users
from storage.database import Database
from storage.tables import Base, Incoming, User
from tests.support.builders import LEAVERS, Shop, values
from tests.support.customers import buys
from tests.support.database import ON_SQLITE, execute, expire, rows

WORDS = "a dog in my garden"


@pytest.fixture
async def lived(db: Database, shop: Shop, alice: User) -> User:
    """She made a clip, named a project, paid, asked something, and has a clip in the making."""
    who = "UPDATE users SET username = 'alice_w', telegram_id = 7123456789012 WHERE id = :id"
    await execute(db, who, id=alice.id)
    async with db.reading() as session:
        alice = await session.get_one(User, alice.id)
    said = {"message": {"from": {"id": alice.telegram_id, "first_name": "Alice"}, "text": WORDS}}
    async with db.transaction() as session:
        session.add(Incoming(source="telegram:42", external_id="1", body=said, handled_at=alice.created_at))
    await buys(shop, alice)
    take = await shop.take_of(alice, await shop.draft_of(alice, caption=WORDS))
    view, _ = await shop.takes.approve(alice.id, take.id)
    assert view.project is not None
    await shop.projects.rename(alice.id, view.project.id, "My garden")
    await shop.sharing.share(alice.id, view.project.id)
    await shop.boss()
    await shop.support.ask(alice, 5, "where is my clip?")
    await shop.helping.write(await shop.boss(), alice.id, "here it is", asked=8)
    await shop.job_of(alice)
    return alice


async def places(db: Database, *said: str) -> list[tuple[str, str]]:
    """What of it stands in which table."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    found = {table: str(await rows(db, f"SELECT * FROM {table}")) for table in tables}  # noqa: S608 - names of ours
    return [(table, one) for table, all_ in found.items() for one in said if one in all_]


async def test_a_copy_has_all_of_theirs_and_nothing_of_others(db: Database, shop: Shop, lived: User, bob: User) -> None:
    await shop.referrals.enter(bob.id, (await shop.referrals.invitation(lived.id)).code)
    await shop.support.ask(bob, 6, "bob's question")
    copied = (await shop.personal_data.copy(lived.id)).decode()
    found: dict[str, Any] = json.loads(copied)

    assert found["you"]["username"] == "alice_w"
    assert found["credits"]["held"] > 0
    assert {entry["what"] for entry in found["ledger"]} == {"signup", "purchase", "generation"}
    for said in (WORDS, "My garden", "where is my clip?", "here it is"):
        assert said in copied
    assert len(found["friends"]) == 1
    for secret in ("bob's question", "Bob", str(bob.telegram_id)):
        assert secret not in copied
    for query in ("SELECT token FROM shares", "SELECT token FROM orders"):
        ((token,),) = await rows(db, query)
        assert token not in copied


@ON_SQLITE
async def test_a_copy_for_staff_is_logged(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    assert b"Alice" in await shop.personal_data.hand_over(boss, alice.id)

    assert await rows(db, "SELECT action, subject FROM audit_log") == [("data_exported", f"user:{alice.id}")]
    with pytest.raises(NotYours):
        await shop.personal_data.copy(10**9)


async def test_after_the_deletion_only_the_books_are_left(db: Database, shop: Shop, lived: User) -> None:
    before = await rows(db, "SELECT id, kind, amount FROM transfers WHERE user_id = :id", id=lived.id)
    balance = await shop.balance(lived)
    await shop.personal_data.delete_for(await shop.boss(), lived.id)

    said = ("Alice", "alice_w", WORDS, "My garden", "where is my clip?", "here it is")
    assert await places(db, *said) == []
    kept = await rows(db, "SELECT id, kind, amount FROM transfers WHERE user_id = :id", id=lived.id)
    assert set(before) <= set(kept)
    assert await shop.balance(lived) == (sum(balance), 0)
    assert await rows(db, "SELECT state FROM jobs WHERE state NOT IN ('succeeded', 'cancelled')") == []
    assert await rows(db, "SELECT state, payer_id FROM payments") == [("credited", None)]
    assert await rows(db, "SELECT COUNT(*) FROM audit_log WHERE action = 'data_deleted'") == [(1,)]
    with pytest.raises(Erased):
        await shop.personal_data.delete_for(await shop.boss(), lived.id)
    with pytest.raises(NotYours):
        await shop.personal_data.copy(lived.id)


async def test_their_files_go_from_the_store(db: Database, shop: Shop, lived: User) -> None:
    await shop.personal_data.delete(lived.id)
    await expire(db, "projects", "deleted_at")
    for _ in range(2):
        await Erasing(db, shop.store).round()

    assert [path.name for path in shop.folder.rglob("*.[jm]*") if path.is_file()] == []
    assert await places(db, str(lived.telegram_id)) == []
    assert await rows(db, "SELECT id FROM drafts WHERE erased_at IS NULL") == []
    assert await rows(db, "SELECT id FROM takes WHERE erased_at IS NULL") == []


@ON_SQLITE
async def test_what_was_still_being_made_goes_once_it_ended(db: Database, shop: Shop, alice: User) -> None:
    await shop.job_of(alice)
    claim = await shop.claim()
    await shop.personal_data.delete(alice.id)
    await Erasing(db, shop.store).round()
    assert await rows(db, "SELECT id FROM drafts WHERE erased_at IS NOT NULL") == []

    await shop.outcomes.succeed(claim, await shop.stored(claim))
    await Erasing(db, shop.store).round()

    assert await rows(db, "SELECT id FROM takes WHERE erased_at IS NULL") == []
    assert [path.name for path in shop.folder.rglob("*.[jm]*") if path.is_file()] == []


@ON_SQLITE
async def test_nobody_with_a_role_is_deleted(shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    await shop.staff.appoint(boss, alice.id, Role.SUPPORT)
    for member in (boss.user_id, alice.id):
        with pytest.raises(HasRole):
            await shop.personal_data.delete(member)


async def test_who_comes_again_begins_anew_but_without_the_gifts_of_the_new(
    db: Database, shop: Shop, alice: User
) -> None:
    await shop.banning.ban(await shop.boss(), alice.id)
    await shop.personal_data.delete_for(await shop.boss(), alice.id)
    users = Users(db, values(signup_credits=10), leavers=LEAVERS)
    assert await users.find(alice.telegram_id) is None

    back, is_new = await users.meet(Newcomer(alice.telegram_id, "Alicia"))

    assert (back.first_name, back.erased_at, is_new) == ("Alicia", None, False)
    assert back.banned_at is not None
    assert await shop.balance(back) == (10, 0)
    assert await shop.projects.list(back.id) == []


def test_whatever_is_kept_of_people_is_in_the_copy() -> None:
    users, tables = Base.metadata.tables["users"], Base.metadata.sorted_tables
    about = {table.name for table in tables if any(key.column.table is users for key in table.foreign_keys)}
    copied = {table.__tablename__ for _, table, _ in sections(1)} | {"accounts", "transfers", "outbox"}
    by_staff_for_all = {"broadcasts", "value_changes"}

    assert about - copied == by_staff_for_all
