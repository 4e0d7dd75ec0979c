"""Whoever changes what is paid for, or pretends to have paid, gets nothing; and an admin sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.errors import NotYours, OrderOver, PriceChanged
from services.payments.facts import STARS, STRIPE, Charge, Problem, Rail
from services.payments.orders import new_token
from storage.database import Database
from storage.tables import Order, PackLink, User
from tests.support.builders import Shop, create_pack
from tests.support.database import execute, rows
from tests.support.money import charge_for, told


async def ordered(shop: Shop, user: User, rail: Rail, **pack: int) -> tuple[Order, Charge]:
    shelf = await create_pack(shop.db, **pack)  # type: ignore[arg-type]
    order = (await shop.orders.open(user.id, shelf.id, rail)).order
    return order, await charge_for(shop.db, order, user)


CARDS: dict[Problem, dict[str, Any]] = {
    Problem.NO_REFERENCE: {"reference": None},
    Problem.UNKNOWN_ORDER: {"reference": new_token()},
    Problem.WRONG_AMOUNT: {"amount": 498},
    Problem.WRONG_CURRENCY: {"currency": "idr"},
    Problem.WRONG_ITEMS: {"one_pack": False},
    Problem.WRONG_MODE: {"right_mode": False},
    Problem.WRONG_LINK: {"link_id": None},
}
STAR_CHARGES: dict[Problem, dict[str, Any]] = {
    Problem.NO_REFERENCE: {"reference": None},
    Problem.UNKNOWN_ORDER: {"reference": "paid_everything' OR 1=1"},
    Problem.WRONG_AMOUNT: {"amount": 1},
    Problem.WRONG_CURRENCY: {"currency": "USD"},
    Problem.WRONG_PAYER: {"payer_id": 404},
}


async def assert_listed(db: Database, problem: Problem) -> None:
    """On the list, and not a credit moved."""
    assert await rows(db, "SELECT state, problem, credits, user_id FROM payments") == [("unmatched", problem, 0, None)]
    assert await rows(db, "SELECT key FROM transfers WHERE kind <> 'signup'") == []
    assert await rows(db, "SELECT state FROM orders WHERE state = 'paid'") == []


@pytest.mark.parametrize(("problem", "change"), CARDS.items(), ids=CARDS)
async def test_an_altered_card_payment_is_listed(
    db: Database, shop: Shop, alice: User, problem: Problem, change: dict[str, Any]
) -> None:
    _, charge = await ordered(shop, alice, STRIPE)

    assert await told(db, replace(charge, **change)) is True

    await assert_listed(db, problem)


@pytest.mark.parametrize(("problem", "change"), STAR_CHARGES.items(), ids=STAR_CHARGES)
async def test_an_altered_payment_in_stars_is_listed(
    db: Database, shop: Shop, alice: User, problem: Problem, change: dict[str, Any]
) -> None:
    _, charge = await ordered(shop, alice, STARS)

    assert await told(db, replace(charge, **change)) is True

    await assert_listed(db, problem)


async def test_the_reference_of_a_dearer_order_at_a_cheaper_link_is_listed(
    db: Database, shop: Shop, alice: User
) -> None:
    dear, _ = await ordered(shop, alice, STRIPE, credits_=100, cents=2999)
    _, cheap = await ordered(shop, alice, STRIPE, credits_=10, cents=499)

    await told(db, replace(cheap, reference=dear.token))

    await assert_listed(db, Problem.WRONG_LINK)


async def test_a_changed_price_at_the_right_link_is_listed(db: Database, shop: Shop, alice: User) -> None:
    dear, charge = await ordered(shop, alice, STRIPE, credits_=100, cents=2999)

    await told(db, replace(charge, reference=dear.token, amount=1))

    await assert_listed(db, Problem.WRONG_AMOUNT)


async def test_another_ones_reference_gives_the_credits_to_who_ordered(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    """Who has Alice's link and pays it, pays for Alice: the credits are hers, and nobody else's."""
    _, charge = await ordered(shop, alice, STRIPE)

    await told(db, charge)

    assert await shop.balance(alice) == (20, 0)
    assert await shop.balance(bob) == (10, 0)


async def test_an_order_for_stars_is_not_paid_by_a_card_nor_the_other_way_round(
    db: Database, shop: Shop, alice: User
) -> None:
    stars, paid_in_stars = await ordered(shop, alice, STARS)
    card, paid_by_card = await ordered(shop, alice, STRIPE)

    await told(db, replace(paid_in_stars, reference=card.token))
    await told(db, replace(paid_by_card, reference=stars.token))

    problem = Problem.UNKNOWN_ORDER
    assert await rows(db, "SELECT state, problem FROM payments") == [("unmatched", problem), ("unmatched", problem)]
    assert await shop.balance(alice) == (10, 0)


async def test_a_link_that_was_closed_since_still_counts_for_its_orders(db: Database, shop: Shop, alice: User) -> None:
    """Closing a link takes a moment at the vendor: who ordered before is not to lose by that."""
    _, charge = await ordered(shop, alice, STRIPE)
    await execute(db, "UPDATE pack_links SET active = FALSE")

    await told(db, charge)

    assert await shop.balance(alice) == (20, 0)


async def test_what_the_pack_costs_and_gives_later_does_not_matter_to_an_order(
    db: Database, shop: Shop, alice: User
) -> None:
    _, charge = await ordered(shop, alice, STARS)
    await execute(db, "UPDATE packs SET stars = 1, credits = 999")

    await told(db, charge)

    assert await shop.balance(alice) == (20, 0)


async def test_a_successful_payment_told_again_is_no_news(db: Database, shop: Shop, alice: User) -> None:
    order, _ = await ordered(shop, alice, STARS)
    fact = {"payload": order.token, "amount": 250, "currency": "XTR", "charge_id": "stars-1"}

    news = [await shop.stars.paid(payer_id=alice.telegram_id, **fact) for _ in range(3)]  # type: ignore[arg-type]

    assert news == [True, False, False]
    assert await shop.balance(alice) == (20, 0)


async def test_a_charge_replayed_by_somebody_else_moves_nothing(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    order, _ = await ordered(shop, alice, STARS)
    fact = {"amount": 250, "currency": "XTR", "charge_id": "stars-1"}
    await shop.stars.paid(payer_id=alice.telegram_id, payload=order.token, **fact)  # type: ignore[arg-type]
    bobs, _ = await ordered(shop, bob, STARS)

    news = await shop.stars.paid(payer_id=bob.telegram_id, payload=bobs.token, **fact)  # type: ignore[arg-type]

    assert news is False
    assert [await shop.balance(one) for one in (alice, bob)] == [(20, 0), (10, 0)]


async def test_a_forged_payment_without_any_order_is_listed_and_its_payer_told(
    db: Database, shop: Shop, alice: User
) -> None:
    await shop.stars.paid(payer_id=alice.telegram_id, payload="", amount=250, currency="XTR", charge_id="forged")

    await assert_listed(db, Problem.NO_REFERENCE)
    assert await rows(db, "SELECT kind, user_id FROM outbox") == [("payment_unmatched", alice.id)]


async def test_test_money_is_listed_in_silence(db: Database, shop: Shop, alice: User) -> None:
    _, charge = await ordered(shop, alice, STRIPE)

    await told(db, replace(charge, right_mode=False))

    await assert_listed(db, Problem.WRONG_MODE)
    assert await rows(db, "SELECT kind FROM outbox") == []


async def test_an_invoice_that_was_forwarded_is_refused_at_checkout_and_listed_if_paid(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    order, charge = await ordered(shop, alice, STARS)

    with pytest.raises(NotYours):
        await shop.orders.check(order.token, payer_id=bob.telegram_id, amount=250, currency="XTR")
    await told(db, replace(charge, payer_id=bob.telegram_id))

    await assert_listed(db, Problem.WRONG_PAYER)
    # It is Bob's money, so it is Bob who hears that it is not lost.
    assert await rows(db, "SELECT user_id FROM outbox WHERE kind = 'payment_unmatched'") == [(bob.id,)]


async def test_what_is_asked_at_checkout_must_be_what_was_ordered(db: Database, shop: Shop, alice: User) -> None:
    order, _ = await ordered(shop, alice, STARS)

    for amount, currency in ((249, "XTR"), (250, "USD"), (0, "XTR"), (-250, "XTR")):
        with pytest.raises(PriceChanged):
            await shop.orders.check(order.token, payer_id=alice.telegram_id, amount=amount, currency=currency)
    with pytest.raises(NotYours):
        await shop.orders.check(new_token(), payer_id=alice.telegram_id, amount=250, currency="XTR")
    await shop.orders.check(order.token, payer_id=alice.telegram_id, amount=250, currency="XTR")


async def test_a_paid_invoice_is_refused_at_checkout(db: Database, shop: Shop, alice: User) -> None:
    order, charge = await ordered(shop, alice, STARS)
    await told(db, charge)

    with pytest.raises(OrderOver):
        await shop.orders.check(order.token, payer_id=alice.telegram_id, amount=250, currency="XTR")


async def test_a_refund_of_somebody_elses_charge_id_on_another_rail_is_another_charge(
    db: Database, shop: Shop, alice: User
) -> None:
    _, charge = await ordered(shop, alice, STRIPE)
    await told(db, charge)

    await shop.stars.refunded(charge_id=charge.external_id, amount=499)

    assert await shop.balance(alice) == (20, 0)


def test_links_of_the_two_modes_never_stand_for_each_other() -> None:
    index = next(one for one in PackLink.__table__.indexes if one.name == "uq_pack_links_active")  # type: ignore[attr-defined]

    assert [column.name for column in index.columns] == ["pack_id", "livemode"]
