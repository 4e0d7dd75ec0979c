"""What is for sale and what an order is: the price its buyer saw, for a day, reused while it is open."""

from __future__ import annotations

import asyncio

import pytest

from services.errors import NotForSale, NotYours, OrderOver
from services.payments.facts import STARS, STRIPE, Rail
from services.payments.orders import ORDER_SECONDS, Orders
from storage.database import Database
from storage.tables import Order, User
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, execute, rows


async def shelf(orders: Orders) -> list[tuple[int, tuple[Rail, ...], bool]]:
    return [(offer.pack.credits, offer.rails, offer.best) for offer in await orders.offers()]


@pytest.fixture
async def order(shop: Shop, alice: User) -> Order:
    """Alice's, for Stars."""
    return (await shop.orders.open(alice.id, (await create_pack(shop.db)).id, STARS)).order


@ON_SQLITE
async def test_offers_are_the_cheapest_first_and_the_best_is_told(db: Database, shop: Shop) -> None:
    await create_pack(db, credits_=30, cents=1199, stars=600)
    await create_pack(db, credits_=10, cents=499, stars=250)

    assert await shelf(shop.orders) == [(10, (STARS, STRIPE), False), (30, (STARS, STRIPE), True)]


@ON_SQLITE
async def test_one_pack_alone_is_not_the_best_of_anything(db: Database, shop: Shop) -> None:
    await create_pack(db)

    assert await shelf(shop.orders) == [(10, (STARS, STRIPE), False)]


@ON_SQLITE
async def test_rails_come_in_the_order_of_the_settings_and_a_pack_without_one_is_not_shown(
    db: Database, shop: Shop
) -> None:
    await create_pack(db, linked=False)

    assert await shelf(Orders(db, rails=(STRIPE, STARS), livemode=False)) == [(10, (STARS,), False)]
    assert await shelf(Orders(db, rails=(STRIPE,), livemode=False)) == []
    assert await shelf(Orders(db, rails=(), livemode=False)) == []


@ON_SQLITE
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pack_links SET active = FALSE",
        "UPDATE pack_links SET livemode = TRUE",
        "UPDATE packs SET cents = cents + 1",
        "UPDATE packs SET credits = credits - 1",
        "UPDATE packs SET currency = 'eur'",
        "UPDATE packs SET name = 'Other'",
    ],
)
async def test_cards_are_offered_only_while_the_link_says_what_the_pack_says(
    db: Database, shop: Shop, alice: User, change: str
) -> None:
    pack = await create_pack(db)
    await execute(db, change)

    ((_, rails, _),) = await shelf(shop.orders)
    assert rails == (STARS,)
    with pytest.raises(NotForSale):
        await shop.orders.open(alice.id, pack.id, STRIPE)


@ON_SQLITE
async def test_what_is_no_longer_sold_cannot_be_ordered(db: Database, shop: Shop, alice: User) -> None:
    pack = await create_pack(db)
    await execute(db, "UPDATE packs SET active = FALSE")

    for pack_id in (pack.id, 404):
        with pytest.raises(NotForSale):
            await shop.orders.open(alice.id, pack_id, STARS)
    with pytest.raises(NotForSale):
        await Orders(db, rails=(STRIPE,), livemode=False).open(alice.id, pack.id, STARS)


@ON_SQLITE
@pytest.mark.parametrize(("rail", "amount", "currency"), [(STARS, 250, "XTR"), (STRIPE, 499, "usd")])
async def test_an_order_keeps_the_price_of_its_moment(
    db: Database, shop: Shop, alice: User, rail: Rail, amount: int, currency: str
) -> None:
    order = (await shop.orders.open(alice.id, (await create_pack(db)).id, rail)).order
    await execute(db, "UPDATE packs SET stars = 1, cents = 1, credits = 1")

    kept = (await shop.orders.view(alice.id, order.id)).order
    assert (kept.amount, kept.currency, kept.credits, kept.state) == (amount, currency, 10, "open")


@ON_SQLITE
async def test_the_address_to_pay_at_carries_the_token_and_nothing_of_the_buyer(
    db: Database, shop: Shop, alice: User
) -> None:
    pack = await create_pack(db)
    card, stars = [await shop.orders.open(alice.id, pack.id, rail) for rail in (STRIPE, STARS)]

    assert card.pay_url is not None
    assert card.pay_url.endswith(f"?client_reference_id={card.order.token}")
    assert str(alice.telegram_id) not in card.pay_url
    assert stars.pay_url is None


@ON_SQLITE
async def test_tokens_have_128_bits_and_fit_into_a_deep_link(db: Database, shop: Shop, alice: User, bob: User) -> None:
    pack = await create_pack(db)
    tokens = {
        (await shop.orders.open(user.id, pack.id, rail)).order.token
        for user in (alice, bob)
        for rail in (STARS, STRIPE)
    }

    assert len(tokens) == 4
    assert {len(token) for token in tokens} == {22}
    assert all(token.replace("-", "").replace("_", "").isalnum() for token in tokens)


async def test_fifty_taps_at_once_open_one_order(db: Database, shop: Shop, alice: User) -> None:
    pack = await create_pack(db)

    opened = await asyncio.gather(*(shop.orders.open(alice.id, pack.id, STARS) for _ in range(50)))

    assert len({view.order.id for view in opened}) == 1


async def test_an_open_order_is_used_again_for_another_draft(db: Database, shop: Shop, alice: User) -> None:
    pack, draft = await create_pack(db), await shop.draft_of(alice)
    first = (await shop.orders.open(alice.id, pack.id, STARS)).order

    again = (await shop.orders.open(alice.id, pack.id, STARS, draft_id=draft.id)).order

    assert (again.id, again.draft_id) == (first.id, draft.id)


@ON_SQLITE
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE orders SET state = 'pending'",
        "UPDATE orders SET state = 'failed'",
        "UPDATE orders SET expires_at = datetime('now', '+1 hour')",
        "UPDATE packs SET stars = stars + 1",
        "UPDATE packs SET credits = credits + 1",
    ],
)
async def test_an_order_is_not_used_again_once_it_is_another_one(
    db: Database, shop: Shop, alice: User, order: Order, change: str
) -> None:
    await execute(db, change)

    assert (await shop.orders.open(alice.id, order.pack_id, STARS)).order.id != order.id


@ON_SQLITE
async def test_nobody_orders_for_what_is_not_theirs(db: Database, shop: Shop, alice: User, bob: User) -> None:
    pack, theirs = await create_pack(db), await shop.draft_of(bob)

    with pytest.raises(NotYours):
        await shop.orders.open(alice.id, pack.id, STARS, draft_id=theirs.id)
    with pytest.raises(NotYours):
        await shop.orders.open(alice.id, pack.id, STARS, album_id=404)
    assert await rows(db, "SELECT id FROM orders") == []


@ON_SQLITE
async def test_nobody_sees_anothers_order(shop: Shop, order: Order, bob: User) -> None:
    for order_id in (order.id, 404):
        with pytest.raises(NotYours):
            await shop.orders.view(bob.id, order_id)
    assert await shop.orders.by_token(bob.id, order.token) is None


@ON_SQLITE
async def test_who_comes_back_from_paying_finds_their_card_order(db: Database, shop: Shop, alice: User) -> None:
    first, latest = [(await shop.orders.open(alice.id, (await create_pack(db)).id, STRIPE)).order for _ in range(2)]

    assert [found.id for token in (first.token, None) if (found := await shop.orders.by_token(alice.id, token))] == [
        first.id,
        latest.id,
    ]
    assert await shop.orders.by_token(alice.id, "nonsense") is None


async def test_an_order_can_be_paid_for_a_day(db: Database, shop: Shop, alice: User, order: Order) -> None:
    asked = {"payer_id": alice.telegram_id, "amount": 250, "currency": "XTR"}
    await shop.orders.check(order.token, **asked)  # type: ignore[arg-type]
    past = "datetime('now', '-1 second')" if db.is_sqlite else "now() - interval '1 second'"
    await execute(db, f"UPDATE orders SET expires_at = {past}")  # noqa: S608 - ours

    with pytest.raises(OrderOver):
        await shop.orders.check(order.token, **asked)  # type: ignore[arg-type]
    assert ORDER_SECONDS == 24 * 3600


@ON_SQLITE
async def test_a_card_order_cannot_be_paid_in_stars(db: Database, shop: Shop, alice: User) -> None:
    card = (await shop.orders.open(alice.id, (await create_pack(db)).id, STRIPE)).order

    with pytest.raises(NotYours):
        await shop.orders.check(card.token, payer_id=alice.telegram_id, amount=499, currency="usd")


@ON_SQLITE
async def test_the_message_that_offers_an_order_is_remembered(shop: Shop, alice: User, order: Order) -> None:
    await shop.orders.shown(order.id, message_id=77)

    assert (await shop.orders.view(alice.id, order.id)).order.message_id == 77
