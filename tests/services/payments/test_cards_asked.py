""" "I have paid", and who comes back from the payment page: Stripe is asked at once."""

from __future__ import annotations

import asyncio

import pytest

from services.errors import NotYours, VendorUnreachable
from services.payments.cards import CardPayments, Found
from services.payments.facts import STARS
from storage.database import Database
from storage.tables import User
from tests.support.builders import BOT_ID, Shop, create_pack
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE


async def test_i_have_paid_finds_the_payment_no_webhook_told_of(db: Database, deaf: CardShop, buyer: User) -> None:
    view = await deaf.order(buyer)
    assert await deaf.payments.recheck(buyer.id, view.order.id) == Found.NOTHING

    await deaf.pays(view, method="declined")
    assert await deaf.payments.recheck(buyer.id, view.order.id) == Found.NOTHING

    await deaf.pays(view)
    assert await deaf.payments.recheck(buyer.id, view.order.id) == Found.PAID
    assert await deaf.has(buyer) == 10
    assert await deaf.payments.recheck(buyer.id, view.order.id) == Found.PAID
    assert await deaf.has(buyer) == 10


@ON_SQLITE
async def test_i_have_paid_says_that_a_slow_payment_is_under_way(deaf: CardShop, buyer: User) -> None:
    view = await deaf.order(buyer)
    session = await deaf.pays(view, method="delayed")
    assert await deaf.payments.recheck(buyer.id, view.order.id) == Found.PENDING

    await deaf.control(f"sessions/{session['id']}/fail", {})
    assert await deaf.payments.recheck(buyer.id, view.order.id) == Found.NOTHING


async def test_i_have_paid_and_the_webhook_at_once_credit_once(cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    await cards.pays(view)

    found = await asyncio.gather(*(cards.payments.recheck(buyer.id, view.order.id) for _ in range(10)))
    await cards.quiet()

    assert set(found) == {Found.PAID}
    assert await cards.has(buyer) == 10


@ON_SQLITE
async def test_i_have_paid_is_only_for_ones_own_orders(deaf: CardShop, buyer: User, bob: User) -> None:
    view = await deaf.order(buyer)

    with pytest.raises(NotYours):
        await deaf.payments.recheck(bob.id, view.order.id)


@ON_SQLITE
async def test_i_have_paid_with_stars_needs_no_question(db: Database, shop: Shop, deaf: CardShop, buyer: User) -> None:
    order = (await shop.orders.open(buyer.id, (await create_pack(db)).id, STARS)).order

    assert await deaf.payments.recheck(buyer.id, order.id) == Found.NOTHING


@ON_SQLITE
async def test_i_have_paid_says_so_when_stripe_cannot_be_asked(deaf: CardShop, buyer: User, db: Database) -> None:
    view = await deaf.order(buyer)
    await deaf.fault("error")
    with pytest.raises(VendorUnreachable):
        await deaf.payments.recheck(buyer.id, view.order.id)
    off = CardPayments(db, None, livemode=False, bot_id=BOT_ID)
    with pytest.raises(VendorUnreachable):
        await off.recheck(buyer.id, view.order.id)


async def test_who_comes_back_is_credited_at_once(deaf: CardShop, buyer: User) -> None:
    view = await deaf.order(buyer)
    session = await deaf.pays(view)

    assert await deaf.payments.returned(session["id"]) == view.order.token
    assert await deaf.has(buyer) == 10


@ON_SQLITE
async def test_who_comes_back_from_nowhere_gets_nothing(deaf: CardShop, buyer: User) -> None:
    view = await deaf.order(buyer)
    forged = await deaf.pays(view, client_reference_id="A" * 22)

    assert await deaf.payments.returned("cs_test_there_is_no_such") is None
    assert await deaf.payments.returned(forged["id"]) is None
    await deaf.fault("error")
    assert await deaf.payments.returned(forged["id"]) is None
    assert await deaf.has(buyer) == 0


async def test_asking_and_events_about_two_payments_of_one_order_never_lock_each_other_out(
    cards: CardShop, buyer: User
) -> None:
    view = await cards.order(buyer)
    await asyncio.gather(*(cards.pays(view) for _ in range(3)))

    await asyncio.gather(*(cards.payments.recheck(buyer.id, view.order.id) for _ in range(8)))
    await cards.quiet()

    assert await cards.has(buyer) == 30
