"""Who is banned has nothing made any more, keeps their credits, and hears of it once a day."""

from __future__ import annotations

import pytest

from services.errors import AlreadyDone, HasRole
from services.staff.rights import Role
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows


async def test_what_is_being_made_is_cancelled_and_the_credits_come_back(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    waits, others = await shop.job_of(alice), await shop.job_of(bob)
    await shop.banning.ban(await shop.boss(), alice.id)

    assert (await shop.job(waits.id)).state == "cancelled"
    assert (await shop.job(others.id)).state == "queued"
    assert await shop.balance(alice) == (10, 0)
    assert [one.entry.action for one in (await shop.audit.listed())[0]] == ["banned"]
    with pytest.raises(AlreadyDone):
        await shop.banning.ban(await shop.boss(), alice.id)


@ON_SQLITE
async def test_what_somebody_has_in_their_hands_is_stopped_by_them(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await shop.claim()
    await shop.banning.ban(await shop.boss(), alice.id)

    assert (await shop.job(job.id)).cancelling


@ON_SQLITE
async def test_nobody_with_a_role_is_banned(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    await shop.staff.appoint(boss, alice.id, Role.SUPPORT)
    for member in (boss.user_id, alice.id):
        with pytest.raises(HasRole):
            await shop.banning.ban(boss, member)

    assert await rows(db, "SELECT COUNT(*) FROM users WHERE banned_at IS NOT NULL") == [(0,)]


@ON_SQLITE
async def test_a_ban_ends_once(db: Database, shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    await shop.banning.ban(boss, alice.id)
    await shop.banning.unban(boss, alice.id)
    with pytest.raises(AlreadyDone):
        await shop.banning.unban(boss, alice.id)

    assert await rows(db, "SELECT banned_at FROM users WHERE id = :id", id=alice.id) == [(None,)]


@ON_SQLITE
async def test_they_are_told_once_a_day(db: Database, shop: Shop, alice: User) -> None:
    for _ in range(3):
        await shop.banning.tell(alice.id)
    assert await rows(db, "SELECT kind FROM outbox") == [("banned",)]

    await execute(db, "UPDATE outbox SET key = 'yesterday'")
    await shop.banning.tell(alice.id)
    assert await rows(db, "SELECT COUNT(*) FROM outbox") == [(2,)]
