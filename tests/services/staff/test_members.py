"""Roles are given and taken by whoever may, once, and logged; owners stand in the settings."""

from __future__ import annotations

import pytest

from services.errors import AlreadyDone, NotYours
from services.staff.rights import RIGHTS, Right, Role
from storage.database import Database
from storage.tables import User
from tests.support.builders import OWNER, Shop, create_user
from tests.support.database import ON_SQLITE, execute, rows


async def logged(db: Database) -> list[tuple[object, ...]]:
    return await rows(db, "SELECT action, subject FROM audit_log ORDER BY id")


async def test_an_owner_gives_changes_and_takes_a_role(db: Database, shop: Shop) -> None:
    boss, bob = await shop.boss(), await create_user(db, "Bob")
    assert await shop.staff.actor(bob) is None

    await shop.staff.appoint(boss, bob.id, Role.SUPPORT)
    await shop.staff.appoint(boss, bob.id, Role.ADMIN)
    acting = await shop.staff.actor(bob)
    assert acting is not None
    assert acting.role is Role.ADMIN

    await shop.staff.dismiss(boss, bob.id)
    assert await shop.staff.actor(bob) is None
    subject = f"user:{bob.id}"
    assert await logged(db) == [("appointed", subject), ("appointed", subject), ("dismissed", subject)]
    assert len(await rows(db, "SELECT id FROM outbox WHERE kind = 'role'")) == 3


async def test_nothing_happens_twice_or_to_owners(db: Database, shop: Shop) -> None:
    boss, bob = await shop.boss(), await create_user(db, "Bob")
    await shop.staff.appoint(boss, bob.id, Role.SUPPORT)
    for user, role in ((bob.id, Role.SUPPORT), (bob.id, Role.OWNER), (boss.user_id, Role.SUPPORT)):
        with pytest.raises(AlreadyDone):
            await shop.staff.appoint(boss, user, role)
    with pytest.raises(NotYours):
        await shop.staff.appoint(boss, 999_999, Role.ADMIN)
    with pytest.raises(AlreadyDone):
        await shop.staff.dismiss(boss, boss.user_id)
    assert len(await logged(db)) == 1


@ON_SQLITE
async def test_who_is_banned_has_no_role(db: Database, shop: Shop) -> None:
    boss, bob = await shop.boss(), await create_user(db, "Bob")
    await shop.staff.appoint(boss, bob.id, Role.ADMIN)
    await execute(db, "UPDATE users SET banned_at = created_at WHERE id = :id", id=bob.id)
    banned = await _read(db, bob.id)
    assert await shop.staff.actor(banned) is None
    assert [one.user.telegram_id for one in await shop.staff.members()] == [OWNER]


@ON_SQLITE
async def test_staff_is_listed_owners_first_and_by_what_they_may(db: Database, shop: Shop) -> None:
    ann, bob = await create_user(db, "Ann"), await create_user(db, "Bob")
    boss = await shop.boss()
    await shop.staff.appoint(boss, ann.id, Role.SUPPORT)
    await shop.staff.appoint(boss, bob.id, Role.ADMIN)

    assert [one.user.first_name for one in await shop.staff.members()] == ["Olga", "Bob", "Ann"]
    assert [one.user.first_name for one in await shop.staff.members(Right.REFUND)] == ["Olga", "Bob"]


@ON_SQLITE
async def test_people_are_found_by_id_and_by_a_name_only_one_has(db: Database, shop: Shop) -> None:
    ann, bob = await create_user(db, "Ann"), await create_user(db, "Bob")
    await execute(db, "UPDATE users SET username = 'Annie' WHERE id = :id", id=ann.id)
    for reference in (str(ann.telegram_id), "@annie", " Annie "):
        found = await shop.staff.find(reference)
        assert found is not None
        assert found.id == ann.id
    await execute(db, "UPDATE users SET username = 'annie' WHERE id = :id", id=bob.id)
    assert await shop.staff.find("@annie") is None
    assert await shop.staff.find("9" * 30) is None


def test_each_role_may_do_less_than_the_one_above() -> None:
    assert RIGHTS[Role.SUPPORT] < RIGHTS[Role.ADMIN] < RIGHTS[Role.OWNER] == frozenset(Right)
    assert not RIGHTS[Role.SUPPORT] & {Right.CREDITS, Right.REFUND, Right.BAN, Right.BROADCAST, Right.VALUES}


async def _read(db: Database, user_id: int) -> User:
    async with db.reading() as session:
        return await session.get_one(User, user_id)
