"""Sharing a project brings its owner credits for each new person, once, and so many a day."""

from __future__ import annotations

import asyncio

import pytest

from services.arrivals import came_with
from services.errors import NothingToShare, NotYours
from storage.database import Database
from storage.tables import Share, User
from tests.support.builders import START, Shop
from tests.support.customers import newcomer
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.sharers import project_with

LIMIT = START.share_daily_limit


@pytest.fixture
async def project(shop: Shop, alice: User) -> int:
    return await project_with(shop, alice)


@pytest.fixture
async def share(shop: Shop, alice: User, project: int) -> Share:
    return await shop.sharing.share(alice.id, project)


async def earned(db: Database) -> list[int]:
    """By visit."""
    return [credits_ for (credits_,) in await rows(db, "SELECT credits FROM share_visits ORDER BY id")]


async def available(shop: Shop, user: User) -> int:
    return (await shop.wallet.balance(user.id)).available


async def test_a_project_has_one_link_however_often_it_is_shared(shop: Shop, alice: User, project: int) -> None:
    shares = await asyncio.gather(*(shop.sharing.share(alice.id, project) for _ in range(10)))

    (token,) = {share.token for share in shares}
    assert len(token) == 22
    assert all(share.revoked_at is None for share in shares)


async def test_a_revoked_link_stays_dead_and_sharing_again_makes_another(
    db: Database, shop: Shop, alice: User, project: int, share: Share
) -> None:
    assert await shop.sharing.revoke(alice.id, project) is True
    assert await shop.sharing.revoke(alice.id, project) is False
    await newcomer(db, link=f"p_{share.token}")

    another = await shop.sharing.share(alice.id, project)

    await newcomer(db, link=f"p_{share.token}")
    assert await earned(db) == []
    assert another.token != share.token
    await newcomer(db, link=f"p_{another.token}")
    assert await earned(db) == [2]


@ON_SQLITE
async def test_nobody_shares_or_revokes_what_is_another_s(shop: Shop, bob: User, project: int, share: Share) -> None:
    for attempt in (shop.sharing.share, shop.sharing.revoke):
        with pytest.raises(NotYours):
            await attempt(bob.id, project)


async def test_a_new_person_brings_credits_and_the_sharer_is_told(
    db: Database, shop: Shop, alice: User, share: Share
) -> None:
    visitor = await newcomer(db, link=f"p_{share.token}")

    assert (await available(shop, alice), await available(shop, visitor)) == (10, 0)
    assert (await rows(db, "SELECT kind, user_id FROM outbox ORDER BY id"))[-1] == ("share_credited", alice.id)
    assert (await shop.wallet.statement(alice.id)).entries[0].kind == "share"


async def test_a_day_has_its_limit_and_the_next_day_another(
    db: Database, shop: Shop, alice: User, share: Share
) -> None:
    for _ in range(4):
        await newcomer(db, link=f"p_{share.token}")
    assert await earned(db) == [2, 2, 1, 0]
    assert await available(shop, alice) == 8 + LIMIT

    yesterday = "datetime('now', '-25 hours')" if db.is_sqlite else "now() - interval '25 hours'"
    await execute(db, f"UPDATE share_visits SET created_at = {yesterday}")  # noqa: S608 - a time, ours
    await newcomer(db, link=f"p_{share.token}")

    assert await earned(db) == [2, 2, 1, 0, 2]


async def test_the_limit_is_for_all_projects_of_a_person(db: Database, shop: Shop, alice: User, share: Share) -> None:
    other = await shop.sharing.share(alice.id, await project_with(shop, alice))
    for token in (share.token, other.token) * 2:
        await newcomer(db, link=f"p_{token}")

    assert sum(await earned(db)) == LIMIT


async def test_many_new_people_at_once_earn_no_more_than_the_limit(
    db: Database, shop: Shop, alice: User, share: Share
) -> None:
    await asyncio.gather(*(newcomer(db, link=f"p_{share.token}") for _ in range(12)))

    assert sum(await earned(db)) == LIMIT
    assert len(await earned(db)) == 12
    assert await available(shop, alice) == 8 + LIMIT


async def test_nobody_is_new_twice_and_oneself_never(db: Database, alice: User, share: Share) -> None:
    visitor = await newcomer(db, link=f"p_{share.token}")

    async with db.transaction() as session:
        for who in (visitor, alice):
            await came_with(session, who.id, f"p_{share.token}", START)

    assert await earned(db) == [2]


async def test_what_came_of_a_link_is_counted_for_its_owner(
    db: Database, shop: Shop, alice: User, project: int
) -> None:
    assert await shop.sharing.facts(alice.id, project) is None
    share = await shop.sharing.share(alice.id, project)
    for _ in range(4):
        await newcomer(db, link=f"p_{share.token}")

    facts = await shop.sharing.facts(alice.id, project)

    assert facts is not None
    assert (facts.newcomers, facts.earned, facts.each) == (4, LIMIT, 2)
    assert facts.address == f"https://echoes.example/p/{share.token}"
    await shop.sharing.revoke(alice.id, project)
    assert await shop.sharing.facts(alice.id, project) is None


async def test_whoever_has_the_link_sees_the_clips_in_their_order_and_who_made_them(
    shop: Shop, alice: User, bob: User
) -> None:
    project = await project_with(shop, alice, clips=3)
    share = await shop.sharing.share(alice.id, project)

    shown = await shop.sharing.shown(share.token)

    assert shown is not None
    assert (shown.project.id, shown.sharer.id) == (project, alice.id)
    assert [take.id for take in shown.takes] == [
        take.id for take in (await shop.projects.view(alice.id, project)).takes
    ]
    assert shown.seconds == 15
    assert await shop.sharing.mine(bob.id, share.token) is None
    assert await shop.sharing.mine(alice.id, share.token) is not None


@ON_SQLITE
@pytest.mark.parametrize(
    "what",
    ["UPDATE projects SET deleted_at = created_at", "UPDATE shares SET revoked_at = created_at", "DELETE FROM clips"],
    ids=["deleted", "revoked", "emptied"],
)
async def test_a_link_to_what_is_gone_leads_nowhere(db: Database, shop: Shop, share: Share, what: str) -> None:
    await execute(db, what)
    assert await shop.sharing.shown(share.token) is None


@ON_SQLITE
async def test_what_is_deleted_is_neither_shared_nor_rewarded(
    db: Database, shop: Shop, alice: User, project: int, share: Share
) -> None:
    await execute(db, "UPDATE projects SET deleted_at = created_at")

    await newcomer(db, link=f"p_{share.token}")

    assert await earned(db) == []
    for attempt in (shop.sharing.share, shop.sharing.facts):
        with pytest.raises(NotYours):
            await attempt(alice.id, project)


@ON_SQLITE
async def test_there_is_nothing_to_share_in_an_empty_project(db: Database, shop: Shop, alice: User) -> None:
    empty = await shop.projects.start(alice.id)
    with pytest.raises(NothingToShare):
        await shop.sharing.share(alice.id, empty.id)
    assert await rows(db, "SELECT id FROM shares") == []
