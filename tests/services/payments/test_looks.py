"""Looking at the vendors' lists: what it mended is shown, and it can be wanted now, once at a time."""

from __future__ import annotations

import asyncio

from services.errors import AlreadyDone
from services.payments.facts import STARS, STRIPE
from services.payments.looks import PAGE
from services.payments.reconcile import is_due
from storage.database import Database
from storage.tables import Reconciliation
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows

DAY_S = 86_400.0


async def mended(db: Database, *found: str) -> None:
    async with db.transaction() as session:
        session.add(Reconciliation(rail=STRIPE, cursor=1, looked_at=9, mended=list(found)))


async def test_a_wanted_look_is_due_until_one_came_to_its_end(db: Database, shop: Shop) -> None:
    boss = await shop.boss()
    await shop.stars.reconcile()
    assert not await is_due(db, STARS, DAY_S)

    for _ in range(2):
        await shop.looks.want(boss)
        assert await is_due(db, STARS, DAY_S)
        assert [one.wanted for one in (await shop.looks.shown()).rails] == [True, True]
        await shop.stars.reconcile()
        assert not await is_due(db, STARS, DAY_S)
        assert [one.wanted for one in (await shop.looks.shown()).rails] == [False, True]


async def test_of_two_taps_at_once_one_counts(db: Database, shop: Shop) -> None:
    boss = await shop.boss()
    for _ in range(2):
        ended = await asyncio.gather(*(shop.looks.want(boss) for _ in range(2)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in ended) == ["AlreadyDone", "NoneType"]
        assert isinstance(next(one for one in ended if one), AlreadyDone)
        await mended(db)
        await shop.stars.reconcile()

    wanted = await rows(db, "SELECT subject FROM audit_log WHERE action = 'look_wanted' ORDER BY id")
    assert wanted == [("rail:stars",), ("rail:stripe",)] * 2


async def test_what_was_mended_is_listed_newest_first(db: Database, shop: Shop) -> None:
    await mended(db, *(f"old {number}" for number in range(PAGE)))
    await mended(db)
    await mended(db, "new")

    first, second = await shop.looks.shown(), await shop.looks.shown(1)

    assert [one.what for one in first.mended] == ["new", *(f"old {number}" for number in range(PAGE - 1))]
    assert [one.what for one in second.mended] == [f"old {PAGE - 1}"]
    assert first.total == second.total == PAGE + 1


@ON_SQLITE
async def test_it_says_when_each_list_was_looked_at(db: Database, shop: Shop) -> None:
    await mended(db)
    stars, cards = (await shop.looks.shown()).rails
    assert (stars.rail, stars.last, cards.rail) == (STARS, None, STRIPE)
    assert cards.last is not None
    assert cards.last.looked_at == 9
