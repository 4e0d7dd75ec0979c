"""Packs and their prices: changed at once, within bounds, never over somebody else's change, and never unlogged."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from services.errors import AlreadyDone, ChangedMeanwhile, NotForSale, NotYours, PackNotUsable
from services.packs import CardLink, Packs, Terms, mark, terms_of
from services.payments.facts import STARS, STRIPE
from services.staff.rights import Actor
from storage.database import Database
from storage.tables import AuditEntry, Pack, User
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.money import charge_for, told

BIG = Terms("Big", 500, 3_999, 2_900)


@pytest.fixture
async def boss(shop: Shop) -> Actor:
    return await shop.boss()


@pytest.fixture
async def taster(db: Database) -> Pack:
    return await create_pack(db)


async def logged(db: Database) -> list[tuple[object, ...]]:
    async with db.reading() as session:
        entries = (await session.execute(select(AuditEntry).order_by(AuditEntry.id))).scalars()
        return [(one.action, one.subject, one.before, one.after) for one in entries]


async def test_a_new_pack_is_on_sale_at_once_and_by_card_once_it_has_its_link(
    db: Database, shop: Shop, boss: Actor, taster: Pack
) -> None:
    made = await shop.packs.add(boss, BIG)

    assert (made.pack.currency, made.pack.active, made.link, made.sold) == ("usd", True, CardLink.MAKING, 0)
    assert [offer.rails for offer in await shop.orders.offers()] == [(STARS, STRIPE), (STARS,)]
    facts = {"name": "Big", "credits": 500, "cents": 3_999, "stars": 2_900, "currency": "usd"}
    assert await logged(db) == [("pack_added", f"pack:{made.pack.id}", {}, facts)]


async def test_a_change_is_logged_with_what_was_and_leaves_the_rest(
    db: Database, shop: Shop, boss: Actor, taster: Pack
) -> None:
    wanted = replace(terms_of(taster), cents=599, stars=300)

    changed = await shop.packs.change(boss, taster.id, wanted, was=mark(taster))

    assert (terms_of(changed.pack), changed.link) == (wanted, CardLink.MAKING)
    before, after = {"cents": 499, "stars": 250}, {"cents": 599, "stars": 300}
    assert await logged(db) == [("pack_changed", f"pack:{taster.id}", before, after)]


async def test_of_two_owners_at_once_the_second_is_told_to_look_again(
    db: Database, shop: Shop, boss: Actor, taster: Pack
) -> None:
    wishes = [replace(terms_of(taster), cents=599), replace(terms_of(taster), credits=12)]

    ended = await asyncio.gather(
        *(shop.packs.change(boss, taster.id, wanted, was=mark(taster)) for wanted in wishes), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in ended) == ["ChangedMeanwhile", "Stocked"]
    assert len(await logged(db)) == 1


async def test_of_two_taps_at_once_one_adds_the_pack(db: Database, shop: Shop, boss: Actor) -> None:
    ended = await asyncio.gather(*(shop.packs.add(boss, BIG) for _ in range(2)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in ended) == ["PackNotUsable", "Stocked"]
    assert await rows(db, "SELECT count(*) FROM packs") == [(1,)]


@ON_SQLITE
async def test_the_same_tap_again_changes_nothing(db: Database, shop: Shop, boss: Actor, taster: Pack) -> None:
    wanted = replace(terms_of(taster), cents=599)
    await shop.packs.change(boss, taster.id, wanted, was=mark(taster))

    with pytest.raises(AlreadyDone):
        await shop.packs.change(boss, taster.id, wanted, was=mark(taster))
    with pytest.raises(AlreadyDone):
        await shop.packs.sell(boss, taster.id, on=True, was=mark(taster))
    assert len(await logged(db)) == 1


@ON_SQLITE
async def test_off_sale_nobody_can_order_it_until_it_is_put_back(
    db: Database, shop: Shop, boss: Actor, alice: User, taster: Pack
) -> None:
    off = await shop.packs.sell(boss, taster.id, on=False, was=mark(taster))
    assert (off.pack.active, off.link) == (False, CardLink.CLOSING)
    with pytest.raises(NotForSale):
        await shop.orders.open(alice.id, taster.id, STARS)

    on = await shop.packs.sell(boss, taster.id, on=True, was=mark(off.pack))

    assert (on.pack.active, on.link) == (True, CardLink.READY)
    assert [facts[2:] for facts in await logged(db)] == [
        ({"on_sale": True}, {"on_sale": False}),
        ({"on_sale": False}, {"on_sale": True}),
    ]


@ON_SQLITE
async def test_what_was_taken_off_sale_meanwhile_is_not_changed_unseen(shop: Shop, boss: Actor, taster: Pack) -> None:
    await shop.packs.sell(boss, taster.id, on=False, was=mark(taster))

    with pytest.raises(ChangedMeanwhile):
        await shop.packs.change(boss, taster.id, BIG, was=mark(taster))
    with pytest.raises(ChangedMeanwhile):
        await shop.packs.sell(boss, taster.id, on=True, was="00000000")


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": ""}),
    ("name", {"name": "x" * 33}),
    ("name", {"name": "two  spaces"}),
    ("taken", {"name": "TASTER"}),
    ("credits", {"credits": 0}),
    ("credits", {"credits": 1_000_001}),
    ("price", {"cents": 49}),
    ("price", {"cents": 100_000_000}),
    ("price", {"stars": 0}),
    ("price", {"stars": 10_001}),
]


@ON_SQLITE
@pytest.mark.parametrize(("why", "change"), WRONG, ids=[f"{why} {next(iter(change))}" for why, change in WRONG])
async def test_what_cannot_be_sold_is_refused_when_considered_and_when_done(
    db: Database, shop: Shop, boss: Actor, taster: Pack, why: str, change: dict[str, Any]
) -> None:
    wanted = replace(BIG, **change)
    other = await create_pack(db, linked=False)
    await execute(db, "UPDATE packs SET name = 'Other' WHERE id = :id", id=other.id)
    other = (await shop.packs.view(other.id)).pack

    for attempt in (
        shop.packs.consider(wanted),
        shop.packs.consider(wanted, other.id),
        shop.packs.add(boss, wanted),
        shop.packs.change(boss, other.id, wanted, was=mark(other)),
    ):
        with pytest.raises(PackNotUsable) as refused:
            await attempt
        assert refused.value.why == why
    assert await logged(db) == []


@ON_SQLITE
async def test_a_name_is_free_again_once_its_pack_is_off_sale(shop: Shop, boss: Actor, taster: Pack) -> None:
    off = await shop.packs.sell(boss, taster.id, on=False, was=mark(taster))
    again = await shop.packs.add(boss, replace(BIG, name="Taster"))
    assert again.pack.active

    with pytest.raises(PackNotUsable) as refused:
        await shop.packs.sell(boss, taster.id, on=True, was=mark(off.pack))
    assert refused.value.why == "taken"


@ON_SQLITE
async def test_a_pack_beside_which_nobody_would_buy_another_is_told_of_and_not_refused(
    shop: Shop, boss: Actor, taster: Pack
) -> None:
    assert (await shop.packs.consider(BIG)).odd == ()
    for odd in (replace(BIG, cents=450), replace(BIG, stars=200), replace(BIG, credits=9)):
        assert [pack.id for pack in (await shop.packs.consider(odd)).odd] == [taster.id]
    assert (await shop.packs.consider(replace(terms_of(taster), credits=11), taster.id)).odd == ()


@ON_SQLITE
async def test_a_preview_says_what_was_and_how_many_are_about_to_pay(
    shop: Shop, boss: Actor, alice: User, bob: User, taster: Pack
) -> None:
    await shop.orders.open(alice.id, taster.id, STARS)
    await shop.orders.open(bob.id, taster.id, STRIPE)
    await execute(shop.db, "UPDATE orders SET expires_at = datetime('now', '-1 second') WHERE rail = 'stripe'")

    preview = await shop.packs.consider(replace(terms_of(taster), cents=599), taster.id)

    assert preview.before is not None
    assert (preview.before.cents, preview.wanted.cents, preview.currency, preview.checkouts) == (499, 599, "usd", 1)
    with pytest.raises(AlreadyDone):
        await shop.packs.consider(terms_of(taster), taster.id)


@ON_SQLITE
async def test_the_currency_is_that_of_the_other_packs(db: Database, shop: Shop, boss: Actor, taster: Pack) -> None:
    await execute(db, "UPDATE packs SET currency = 'jpy'")
    assert await shop.packs.currency() == "jpy"
    assert (await shop.packs.add(boss, BIG)).pack.currency == "jpy"


@ON_SQLITE
async def test_where_there_was_never_a_pack_it_is_dollars(shop: Shop, boss: Actor) -> None:
    assert (await shop.packs.add(boss, BIG)).pack.currency == "usd"


@ON_SQLITE
async def test_the_list_has_what_is_on_sale_first_and_how_often_it_was_sold(
    db: Database, shop: Shop, boss: Actor, alice: User, taster: Pack
) -> None:
    off = await create_pack(db, cents=100, linked=False)
    await execute(db, "UPDATE packs SET active = FALSE WHERE id = :id", id=off.id)
    dear = await create_pack(db, cents=9_999)
    for _ in range(2):
        order = (await shop.orders.open(alice.id, taster.id, STARS)).order
        await told(db, await charge_for(db, order, alice))
    await execute(db, "UPDATE payments SET created_at = datetime('now', '-31 days') WHERE id = 1")

    listed = [(one.pack.id, one.link, one.sold) for one in await shop.packs.listed()]

    assert listed == [(taster.id, CardLink.READY, 1), (dear.id, CardLink.READY, 0), (off.id, CardLink.NONE, 0)]


@ON_SQLITE
async def test_where_no_cards_are_taken_no_link_is_missed(db: Database, taster: Pack) -> None:
    assert (await Packs(db, cards=True, livemode=True).view(taster.id)).link == CardLink.MAKING
    assert (await Packs(db, cards=False, livemode=True).view(taster.id)).link == CardLink.NONE
    assert (await Packs(db, cards=False, livemode=False).view(taster.id)).link == CardLink.CLOSING


@ON_SQLITE
async def test_there_is_nothing_to_do_with_a_pack_that_is_not_there(shop: Shop, boss: Actor) -> None:
    for attempt in (
        shop.packs.view(404),
        shop.packs.checkouts(404),
        shop.packs.consider(BIG, 404),
        shop.packs.change(boss, 404, BIG, was="00000000"),
        shop.packs.sell(boss, 404, on=False, was="00000000"),
    ):
        with pytest.raises(NotYours):
            await attempt
