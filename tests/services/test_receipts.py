"""What somebody paid, and what became of it, as they are told."""

from __future__ import annotations

from dataclasses import replace

from services.payments.facts import STARS, STRIPE, Rail, Reversed
from services.receipts import PAGE, Receipt
from storage.tables import User
from tests.support.builders import Shop, create_pack
from tests.support.money import charge_for, take_away, told


async def paid(shop: Shop, buyer: User, rail: Rail = STRIPE) -> str:
    """A pack of ten credits, paid for. Returns the charge's id."""
    pack = await create_pack(shop.db)
    order = (await shop.orders.open(buyer.id, pack.id, rail)).order
    charge = await charge_for(shop.db, order, buyer)
    await told(shop.db, charge)
    return charge.external_id


async def only(shop: Shop, user: User) -> Receipt:
    (receipt,) = (await shop.receipts.of(user.id)).receipts
    return receipt


async def test_a_receipt_knows_the_pack_and_the_order(shop: Shop, alice: User) -> None:
    charge_id = await paid(shop, alice)

    receipt = await only(shop, alice)

    assert receipt.payment.external_id == charge_id
    assert receipt.pack is not None
    assert receipt.pack.name == "Taster"
    assert receipt.order is not None
    assert receipt.reference == f"P{receipt.payment.id}"
    assert receipt.state == "paid"
    assert (await shop.receipts.one(receipt.payment.id)).reference == receipt.reference


async def test_nobody_sees_what_others_paid(shop: Shop, alice: User, bob: User) -> None:
    await paid(shop, alice)

    assert (await shop.receipts.of(bob.id)).receipts == []


async def test_refunds_and_disputes_show(shop: Shop, alice: User) -> None:
    charge_id = await paid(shop, alice)

    await told(shop.db, Reversed(STRIPE, "re_1", "refund", charge_id, 100, "succeeded"))
    assert (await only(shop, alice)).state == "partly_refunded"

    await told(shop.db, Reversed(STRIPE, "re_2", "refund", charge_id, 399, "succeeded"))
    assert (await only(shop, alice)).state == "refunded"


async def test_a_dispute_shows_until_it_is_settled(shop: Shop, alice: User) -> None:
    charge_id = await paid(shop, alice)

    await told(shop.db, Reversed(STRIPE, "dp_1", "dispute", charge_id, 499, "needs_response"))
    assert (await only(shop, alice)).state == "disputed"

    await told(shop.db, Reversed(STRIPE, "dp_1", "dispute", charge_id, 499, "won"))
    assert (await only(shop, alice)).state == "paid"


async def test_a_payment_that_could_not_be_matched_is_seen_by_who_ordered(shop: Shop, alice: User, bob: User) -> None:
    pack = await create_pack(shop.db)
    order = (await shop.orders.open(alice.id, pack.id, STRIPE)).order
    charge = replace(await charge_for(shop.db, order, alice), amount=1)
    await told(shop.db, charge)

    assert (await only(shop, alice)).state == "waiting"
    assert (await shop.receipts.of(bob.id)).receipts == []

    await told(shop.db, Reversed(STRIPE, "re_1", "refund", charge.external_id, 1, "succeeded"))
    assert (await only(shop, alice)).state == "returned"


async def test_they_come_in_pages_newest_first(shop: Shop, alice: User) -> None:
    charges = [await paid(shop, alice, STARS) for _ in range(PAGE + 1)]

    first, last = await shop.receipts.of(alice.id), await shop.receipts.of(alice.id, 99)

    assert [one.payment.external_id for one in first.receipts] == charges[:0:-1]
    assert [one.payment.external_id for one in last.receipts] == charges[:1]
    assert (first.page, last.page, last.pages) == (0, 1, 2)


async def test_what_went_into_a_debt_is_known(shop: Shop, alice: User) -> None:
    await take_away(shop.db, alice, 14)
    await paid(shop, alice)

    receipt = await only(shop, alice)

    assert await shop.receipts.repaid(receipt.payment.id) == 4
    await paid(shop, alice)
    newest = (await shop.receipts.of(alice.id)).receipts[0]
    assert await shop.receipts.repaid(newest.payment.id) == 0
