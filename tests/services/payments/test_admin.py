"""Payments in the hands of those who run the service: looked up, given back, assigned; each once."""

from __future__ import annotations

import asyncio

import pytest

from providers.payments import StarTransaction
from services.errors import AlreadyDone, NotYours, RefundNotPossible, VendorUnreachable
from services.ledger import Balance
from services.payments.admin import PAGE
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_pack
from tests.support.database import rows


async def bought(db: Database, shop: Shop, user: User) -> int:
    """A payment of 250 Stars for ten credits. Returns its id."""
    order = (await shop.orders.open(user.id, (await create_pack(db)).id, "stars")).order
    await _paid(shop, user, payload=order.token, charge=f"charge-{order.id}")
    return await _newest(db)


async def stray(db: Database, shop: Shop, user: User, charge: str = "stray") -> int:
    """A payment nobody ordered. Returns its id."""
    await _paid(shop, user, payload="unknown", charge=charge)
    return await _newest(db)


async def _paid(shop: Shop, user: User, *, payload: str, charge: str) -> None:
    await shop.stars.paid(payer_id=user.telegram_id, payload=payload, amount=250, currency="XTR", charge_id=charge)


async def _newest(db: Database) -> int:
    ((payment_id,),) = await rows(db, "SELECT max(id) FROM payments")
    return int(payment_id)


async def test_a_payment_is_found_by_its_number_the_vendors_id_and_the_orders_token(
    db: Database, shop: Shop, alice: User
) -> None:
    payment = await bought(db, shop, alice)
    ((charge, token),) = await rows(db, "SELECT external_id, token FROM payments, orders")

    for reference in (f"{payment}", f"#{payment}", f" {charge} ", token):
        assert (await shop.payments.find(reference)).payment.id == payment
    for reference in ("0", "", "%", "9" * 40, "' OR 1=1"):
        with pytest.raises(NotYours):
            await shop.payments.find(reference)


async def test_a_refund_goes_back_once_and_the_credits_follow(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)

    view = await shop.payments.refund(await shop.boss(), payment, 250)

    assert (view.refunded, view.refundable, view.payment.refund_taken) == (250, 0, 10)
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
    with pytest.raises(RefundNotPossible, match="nothing_left"):
        await shop.payments.refund(await shop.boss(), payment, 250)
    assert len(shop.counter.given_back) == 1


async def test_refunding_twice_at_once_takes_the_credits_back_once(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)

    boss = await shop.boss()
    await asyncio.gather(*(shop.payments.refund(boss, payment, 250) for _ in range(5)), return_exceptions=True)

    assert await shop.wallet.balance(alice.id) == Balance(10, 0)


async def test_what_was_spent_meanwhile_is_owed(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)
    for _ in range(6):
        await shop.take_of(alice)
    left = (await shop.wallet.balance(alice.id)).available
    assert left < 10

    await shop.payments.refund(await shop.boss(), payment, 250)

    assert await shop.wallet.balance(alice.id) == Balance(0, 0, debt=10 - left)


@pytest.mark.parametrize(("amount", "why"), [(100, "only_whole"), (251, "too_much"), (0, "too_much"), (-1, "too_much")])
async def test_stars_go_back_whole_or_not_at_all(db: Database, shop: Shop, alice: User, amount: int, why: str) -> None:
    payment = await bought(db, shop, alice)

    with pytest.raises(RefundNotPossible, match=why):
        await shop.payments.refund(await shop.boss(), payment, amount)

    assert shop.counter.given_back == []


async def test_a_vendor_that_is_away_changes_nothing(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)
    shop.counter.away = True

    with pytest.raises(VendorUnreachable):
        await shop.payments.refund(await shop.boss(), payment, 250)

    assert await shop.wallet.balance(alice.id) == Balance(20, 0)


async def test_unmatched_payments_wait_on_a_list_in_pages(db: Database, shop: Shop, alice: User) -> None:
    for number in range(PAGE + 1):
        await stray(db, shop, alice, f"stray-{number}")

    first, total = await shop.payments.unmatched()
    second, _ = await shop.payments.unmatched(1)

    assert (len(first), len(second), total) == (PAGE, 1, PAGE + 1)
    assert {view.user.id for view in first if view.user} == {alice.id}


async def test_an_unmatched_payment_says_what_it_would_have_bought(db: Database, shop: Shop, alice: User) -> None:
    await create_pack(db)

    assert (await shop.payments.view(await stray(db, shop, alice))).suggested_credits == 10


async def test_an_unmatched_payment_is_credited_to_whom_it_belongs_once(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    payment = await stray(db, shop, alice)

    boss = await shop.boss()
    done = await asyncio.gather(
        *(shop.payments.assign(boss, payment, bob.telegram_id, 10) for _ in range(5)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, AlreadyDone) for one in done) == 4
    assert await shop.wallet.balance(bob.id) == Balance(20, 0)
    assert (await shop.payments.unmatched())[1] == 0
    told = await rows(db, "SELECT user_id FROM outbox WHERE kind = 'payment_received'")
    assert told == [(bob.id,)]


async def test_an_assigned_payment_can_still_be_refunded(db: Database, shop: Shop, alice: User) -> None:
    payment = await stray(db, shop, alice)
    await shop.payments.assign(await shop.boss(), payment, alice.telegram_id, 10)

    await shop.payments.refund(await shop.boss(), payment, 250)

    assert await shop.wallet.balance(alice.id) == Balance(10, 0)


async def test_an_unmatched_payment_that_went_back_leaves_the_list(db: Database, shop: Shop, alice: User) -> None:
    payment = await stray(db, shop, alice)

    await shop.payments.refund(await shop.boss(), payment, 250)

    assert (await shop.payments.unmatched())[1] == 0
    with pytest.raises(AlreadyDone):
        await shop.payments.assign(await shop.boss(), payment, alice.telegram_id, 10)


async def test_a_stranger_cannot_be_given_a_payment(db: Database, shop: Shop, alice: User) -> None:
    payment = await stray(db, shop, alice)

    with pytest.raises(NotYours):
        await shop.payments.assign(await shop.boss(), payment, 404, 10)


async def test_reconciling_after_a_refund_of_ours_finds_nothing_missing(db: Database, shop: Shop, alice: User) -> None:
    payment = await bought(db, shop, alice)
    charge = (await shop.payments.refund(await shop.boss(), payment, 250)).payment.external_id
    shop.counter.lines = [
        StarTransaction(charge, 250, alice.telegram_id, "x", incoming=True),
        StarTransaction(charge, 250, alice.telegram_id, "x", incoming=False),
    ]

    assert (await shop.stars.reconcile()).mended == []
