"""A payment's credits are where its facts say, whatever came first and however often."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from services.ledger import TransferKind, grant, hold, release
from services.payments.facts import STARS, STRIPE, Charge, Rail, Reversed, portion
from services.payments.settle import record_charge
from storage.database import Database
from storage.tables import Order, User
from tests.support.builders import Shop, create_pack, create_user
from tests.support.database import ON_POSTGRES, ON_SQLITE, rows, until_somebody_waits_for_a_lock
from tests.support.money import charge_for, told

HOLDS_WITHOUT_JOBS = True


@pytest.fixture
async def alice(db: Database) -> User:
    """Has nothing yet."""
    return await create_user(db, "Alice", credits_=0)


async def ordered(shop: Shop, user: User, rail: Rail = STRIPE, **pack: int) -> Charge:
    """An order, and the charge that would pay it."""
    shelf = await create_pack(shop.db, **pack)  # type: ignore[arg-type]
    order = (await shop.orders.open(user.id, shelf.id, rail)).order
    return await charge_for(shop.db, order, user)


def refund(charge: Charge, amount: int, status: str = "succeeded", number: int = 1) -> Reversed:
    return Reversed(charge.rail, f"re_{number}", "refund", charge.external_id, amount, status)


def dispute(charge: Charge, amount: int, status: str) -> Reversed:
    return Reversed(charge.rail, "dp_1", "dispute", charge.external_id, amount, status)


async def has(shop: Shop, user: User) -> int:
    """Available credits, or below 0 what they owe."""
    balance = await shop.wallet.balance(user.id)
    return balance.available - balance.debt


async def messages(db: Database) -> list[str]:
    return [kind for (kind,) in await rows(db, "SELECT kind FROM outbox ORDER BY id")]


@pytest.mark.parametrize("rail", [STRIPE, STARS])
async def test_a_paid_order_is_credited_to_who_ordered_it(db: Database, shop: Shop, alice: User, rail: Rail) -> None:
    charge = await ordered(shop, alice, rail)

    assert await told(db, charge) is True

    assert await has(shop, alice) == 10
    assert await rows(db, "SELECT state FROM orders") == [("paid",)]
    assert await rows(db, "SELECT rail, state, problem, credits FROM payments") == [(rail, "credited", None, 10)]
    assert await messages(db) == ["payment_received"]


async def test_a_charge_told_again_changes_nothing(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)

    assert await told(db, charge) is False

    assert await has(shop, alice) == 10
    assert await messages(db) == ["payment_received"]


async def test_a_charge_told_fifty_times_at_once_is_credited_once(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)

    news = await asyncio.gather(*(told(db, charge) for _ in range(50)))

    assert sum(news) == 1
    assert await has(shop, alice) == 10


async def test_each_of_two_payments_of_one_order_is_credited(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)

    await asyncio.gather(told(db, charge), told(db, replace(charge, external_id="again")))

    assert await has(shop, alice) == 20


async def test_an_order_that_ran_out_is_honoured_all_the_same(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await rows(db, "SELECT 1")
    async with db.transaction() as session:
        (await session.execute(select(Order))).scalar_one().state = "failed"

    await told(db, charge)

    assert await has(shop, alice) == 10
    assert await rows(db, "SELECT state FROM orders") == [("paid",)]


@ON_SQLITE
@pytest.mark.parametrize(
    ("refunded", "left"), [(1, 10), (24, 10), (25, 9), (74, 9), (75, 8), (250, 5), (475, 0), (474, 1), (500, 0)]
)
async def test_a_partial_refund_takes_its_part_rounded_half_up(
    db: Database, shop: Shop, alice: User, refunded: int, left: int
) -> None:
    charge = await ordered(shop, alice, cents=500)
    await told(db, charge)

    await told(db, refund(charge, refunded))

    assert await has(shop, alice) == left


async def test_refunds_in_three_parts_take_everything_and_no_more(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice, cents=499)
    await told(db, charge)
    left = []
    for number, amount in enumerate((166, 166, 167)):
        await told(db, refund(charge, amount, number=number))
        left.append(await has(shop, alice))

    assert left == [7, 3, 0]


async def test_more_refunded_than_was_paid_takes_what_was_paid(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)

    await told(db, refund(charge, 499))
    await told(db, refund(charge, 499, number=2))

    assert await has(shop, alice) == 0


async def test_a_refund_that_fails_after_all_gives_the_credits_again(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    await told(db, refund(charge, 499, "pending"))
    await told(db, refund(charge, 499, "succeeded"))
    assert await has(shop, alice) == 0

    await told(db, refund(charge, 499, "failed"))

    assert await has(shop, alice) == 10
    assert await messages(db) == ["payment_received", "payment_reversed", "payment_restored"]


async def test_news_that_come_late_turn_nothing_back(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    await told(db, refund(charge, 499, "failed"))

    assert await told(db, refund(charge, 499, "succeeded")) is False
    assert await told(db, refund(charge, 499, "failed")) is False

    assert await has(shop, alice) == 10


async def test_two_sums_told_of_one_refund_end_in_the_larger_whichever_came_first(
    db: Database, shop: Shop, alice: User
) -> None:
    first, second = await ordered(shop, alice), await ordered(shop, alice)
    await told(db, first)
    await told(db, second)

    for one in (refund(first, 100), refund(first, 499), refund(second, 499, number=2), refund(second, 100, number=2)):
        await told(db, one)

    assert await rows(db, "SELECT refund_taken FROM payments") == [(10,), (10,)]


async def test_a_refund_may_be_known_before_its_payment(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)

    assert await told(db, refund(charge, 499)) is True
    assert await told(db, charge) is True

    assert await has(shop, alice) == 0


async def test_a_refund_and_its_payment_at_the_same_moment_find_each_other(
    db: Database, shop: Shop, alice: User
) -> None:
    charges = [await ordered(shop, alice) for _ in range(5)]
    facts = [fact for number, charge in enumerate(charges) for fact in (charge, refund(charge, 499, number=number))]

    await asyncio.gather(*(told(db, fact) for fact in facts))

    assert await has(shop, alice) == 0


async def test_an_inquiry_a_dispute_a_loss_and_a_win_go_there_and_back(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    course = {
        "warning_needs_response": 0,
        "warning_closed": 10,
        "needs_response": 0,
        "under_review": 0,
        "lost": 0,
        "won": 10,
    }
    for status, left in course.items():
        await told(db, dispute(charge, 499, status))
        assert await has(shop, alice) == left, status


async def test_what_is_refunded_cannot_be_taken_again_by_a_dispute(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    await told(db, refund(charge, 250))
    await told(db, dispute(charge, 499, "needs_response"))
    assert await rows(db, "SELECT refund_taken, dispute_taken FROM payments") == [(5, 5)]

    await told(db, refund(charge, 249, number=2))

    assert await rows(db, "SELECT refund_taken, dispute_taken FROM payments") == [(10, 0)]
    assert await has(shop, alice) == 0


async def test_what_was_spent_is_owed_and_the_next_credits_pay_it_first(db: Database, shop: Shop, alice: User) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    async with db.transaction() as session:
        held = await hold(session, alice.id, 7)
    await told(db, refund(charge, 499))
    assert (await shop.wallet.balance(alice.id)).debt == 7
    told_of_it = await rows(db, "SELECT payload FROM outbox WHERE kind = 'payment_reversed'")
    assert '"owed": 7' in str(told_of_it).replace("'", '"')

    async with db.transaction() as session:
        await grant(session, alice.id, 2, kind=TransferKind.ADMIN, key="sorry")
    assert await has(shop, alice) == -5
    async with db.transaction() as session:
        await release(session, held)

    assert await has(shop, alice) == 2
    assert (await shop.wallet.balance(alice.id)).debt == 0


@ON_SQLITE
async def test_a_refund_of_one_kind_and_a_win_of_the_other_are_told_as_no_debt(
    db: Database, shop: Shop, alice: User
) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    await told(db, dispute(charge, 499, "needs_response"))

    await told(db, refund(charge, 499))

    told_of_it = await rows(db, "SELECT payload FROM outbox WHERE kind = 'payment_reversed' ORDER BY id")
    assert all('"owed": 0' in str(payload).replace("'", '"') for payload in told_of_it)


async def test_an_unmatched_payment_that_went_back_leaves_the_list(db: Database, shop: Shop, alice: User) -> None:
    charge = replace(await ordered(shop, alice), reference=None)
    await told(db, charge)
    states = []
    for number, (amount, status) in enumerate([(200, "succeeded"), (299, "succeeded"), (299, "failed")]):
        await told(db, refund(charge, amount, status, number=min(number, 1)))
        states += await rows(db, "SELECT state FROM payments")

    assert states == [("unmatched",), ("returned",), ("unmatched",)]
    assert await has(shop, alice) == 0


async def test_a_charge_of_nothing_stays_on_the_list(db: Database, shop: Shop, alice: User) -> None:
    charge = replace(await ordered(shop, alice), amount=0)

    await told(db, charge)

    assert await rows(db, "SELECT state, problem FROM payments") == [("unmatched", "wrong_amount")]


@ON_SQLITE
async def test_a_status_nobody_knows_moves_nothing_and_gives_way_to_a_known_one(
    db: Database, shop: Shop, alice: User
) -> None:
    charge = await ordered(shop, alice)
    await told(db, charge)
    await told(db, refund(charge, 499, "invented"))
    assert await has(shop, alice) == 10

    await told(db, refund(charge, 499, "succeeded"))

    assert await has(shop, alice) == 0


@ON_POSTGRES
async def test_paying_and_ordering_again_at_the_same_moment_do_not_block_each_other(
    db: Database, shop: Shop, alice: User
) -> None:
    """One has the order and wants the buyer, the other has the buyer and wants the order."""
    draft = await shop.draft_of(alice)
    pack = await create_pack(db)
    order = (await shop.orders.open(alice.id, pack.id, STRIPE)).order
    charge = await charge_for(db, order, alice)
    async with db.transaction() as session:
        await session.execute(select(Order.id).where(Order.id == order.id).with_for_update())
        again = asyncio.create_task(shop.orders.open(alice.id, pack.id, STRIPE, draft_id=draft.id))
        await until_somebody_waits_for_a_lock(db)
        await record_charge(session, charge)

    # What was open when it looked is paid now, and nobody is to pay it again.
    assert (await again).order.id != order.id
    assert await has(shop, alice) == 10


@pytest.mark.parametrize(("part", "worth"), [(0, 0), (1, 0), (50, 1), (51, 1), (99, 1), (100, 1), (200, 1)])
def test_a_portion_is_rounded_half_up_and_never_more_than_all(part: int, worth: int) -> None:
    assert portion(1, part, 100) == worth
