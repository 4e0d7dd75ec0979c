"""Stars: told by updates, and by Telegram's own list where an update was lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.payments import PaymentError, StarTransaction
from services.payments.facts import STARS
from services.payments.stars import OVERLAP, PAGE
from storage.database import Database
from storage.tables import Order, User
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, rows

GIFT = StarTransaction("gift", 15, None, None, incoming=True)
"""Nobody's order: from the platform itself."""


@pytest.fixture
async def order(shop: Shop, alice: User) -> Order:
    return (await shop.orders.open(alice.id, (await create_pack(shop.db)).id, STARS)).order


def paid(order: Order, payer: User, id_: str = "charge-1") -> StarTransaction:
    return StarTransaction(id_, order.amount, payer.telegram_id, order.token, incoming=True)


def returned(line: StarTransaction) -> StarTransaction:
    return replace(line, payload=None, incoming=False)


async def looks(db: Database) -> list[tuple[int, int]]:
    return [
        (cursor, seen) for cursor, seen in await rows(db, "SELECT cursor, looked_at FROM reconciliations ORDER BY id")
    ]


async def test_a_lost_update_is_found_in_the_list_and_credited_once(
    db: Database, shop: Shop, alice: User, order: Order
) -> None:
    shop.counter.lines = [GIFT, paid(order, alice)]

    first, second = await shop.stars.reconcile(), await shop.stars.reconcile()

    assert first.mended == ["charge-1: a payment of 250 Stars had been missing"]
    assert second.mended == []
    assert await shop.balance(alice) == (20, 0)
    assert await looks(db) == [(2, 2), (2, 2)]


async def test_a_refund_nobody_told_of_is_found_even_before_its_payment(shop: Shop, alice: User, order: Order) -> None:
    line = paid(order, alice)
    shop.counter.lines = [returned(line), line]

    report = await shop.stars.reconcile()

    assert len(report.mended) == 2
    assert await shop.balance(alice) == (10, 0)


@ON_SQLITE
async def test_what_updates_told_is_not_mended(shop: Shop, alice: User, order: Order) -> None:
    line = paid(order, alice)
    await shop.stars.paid(
        payer_id=alice.telegram_id, payload=order.token, amount=250, currency="XTR", charge_id="charge-1"
    )
    await shop.stars.refunded(charge_id="charge-1", amount=250)
    shop.counter.lines = [line, returned(line)]

    assert (await shop.stars.reconcile()).mended == []


@ON_SQLITE
async def test_a_list_of_many_pages_is_read_to_its_end_and_later_only_its_last_part(
    db: Database, shop: Shop, alice: User, order: Order
) -> None:
    shop.counter.lines = [replace(GIFT, id=f"gift-{number}") for number in range(2 * PAGE + 50)]
    await shop.stars.reconcile()
    shop.counter.lines.append(paid(order, alice))

    report = await shop.stars.reconcile()

    assert report.looked_at == OVERLAP + 1
    assert len(report.mended) == 1
    assert await looks(db) == [(250, 250), (251, OVERLAP + 1)]


@ON_SQLITE
async def test_two_of_one_moment_that_change_places_are_both_seen(shop: Shop, alice: User, order: Order) -> None:
    shop.counter.lines = [replace(GIFT, id=f"gift-{number}") for number in range(PAGE)]
    await shop.stars.reconcile()
    shop.counter.lines.insert(PAGE - 3, paid(order, alice))

    assert len((await shop.stars.reconcile()).mended) == 1


async def test_a_look_that_failed_leaves_no_trace(db: Database, shop: Shop) -> None:
    shop.counter.away = True

    with pytest.raises(PaymentError):
        await shop.stars.reconcile()

    assert await looks(db) == []


@ON_SQLITE
async def test_a_payment_with_a_payload_of_nobody_is_listed(db: Database, shop: Shop, alice: User) -> None:
    shop.counter.lines = [StarTransaction("odd", 250, alice.telegram_id, None, incoming=True)]

    await shop.stars.reconcile()

    assert await rows(db, "SELECT state, problem FROM payments") == [("unmatched", "no_reference")]


@ON_SQLITE
async def test_a_refund_is_told_once_and_takes_the_credits(db: Database, shop: Shop, alice: User, order: Order) -> None:
    shop.counter.lines = [paid(order, alice)]
    await shop.stars.reconcile()

    assert [await shop.stars.refunded(charge_id="charge-1", amount=250) for _ in range(3)] == [True, False, False]
    assert await shop.balance(alice) == (10, 0)
