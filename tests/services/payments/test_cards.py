"""Payments by card, from Stripe's events to the ledger; Stripe is the sandbox's, over HTTP."""

from __future__ import annotations

import asyncio
import random
from itertools import permutations

import pytest

from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, rows


async def told(db: Database) -> list[str]:
    return [kind for (kind,) in await rows(db, "SELECT kind FROM outbox ORDER BY id")]


async def state(db: Database) -> str:
    ((found,),) = await rows(db, "SELECT state FROM orders")
    return str(found)


async def test_who_pays_gets_the_credits_and_is_told(db: Database, cards: CardShop, buyer: User) -> None:
    await cards.pays(await cards.order(buyer))
    await cards.quiet()

    assert await cards.has(buyer) == 10
    assert await told(db) == ["payment_received"]
    ((amount, currency, receipt),) = await rows(db, "SELECT amount, currency, receipt_url FROM payments")
    assert (amount, currency) == (499, "usd")
    assert receipt.startswith("http")
    assert await rows(db, "SELECT count(*) FROM inbox WHERE handled_at IS NULL") == [(0,)]


@ON_SQLITE
async def test_a_declined_card_changes_nothing(db: Database, cards: CardShop, buyer: User) -> None:
    await cards.pays(await cards.order(buyer), method="declined")
    await cards.quiet()

    assert await state(db) == "open"
    assert await told(db) == []


async def test_a_slow_payment_is_credited_when_it_is_there(db: Database, cards: CardShop, buyer: User) -> None:
    session = await cards.pays(await cards.order(buyer), method="delayed")
    await cards.quiet()
    assert (await cards.has(buyer), await state(db), await told(db)) == (0, "pending", ["payment_pending"])

    await cards.control(f"sessions/{session['id']}/succeed", {})
    await cards.quiet()

    assert (await cards.has(buyer), await state(db)) == (10, "paid")
    assert await told(db) == ["payment_pending", "payment_received"]


async def test_a_slow_payment_that_fails_is_told(db: Database, cards: CardShop, buyer: User) -> None:
    session = await cards.pays(await cards.order(buyer), method="delayed")
    await cards.quiet()
    await cards.control(f"sessions/{session['id']}/fail", {})
    await cards.quiet()

    assert (await cards.has(buyer), await state(db)) == (0, "failed")
    assert await told(db) == ["payment_pending", "payment_failed"]


@pytest.mark.parametrize("ending", ["succeed", "fail"])
@ON_SQLITE
async def test_late_news_of_a_slow_payment_never_turns_it_back(
    db: Database, cards: CardShop, buyer: User, ending: str
) -> None:
    await cards.fault("hold", event="checkout.session")
    session = await cards.pays(await cards.order(buyer), method="delayed")
    await cards.control(f"sessions/{session['id']}/{ending}", {})

    await cards.control("deliveries/release", {"order": "reversed"})
    await cards.quiet()

    assert (await cards.has(buyer), await state(db)) == ((10, "paid") if ending == "succeed" else (0, "failed"))
    assert await told(db) == ["payment_received" if ending == "succeed" else "payment_failed"]


@ON_SQLITE
async def test_a_failed_payment_can_be_made_after_all(db: Database, cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    session = await cards.pays(view, method="delayed")
    await cards.control(f"sessions/{session['id']}/fail", {})
    await cards.quiet()

    await cards.pays(view)
    await cards.quiet()

    assert (await cards.has(buyer), await state(db)) == (10, "paid")


async def test_one_event_fifty_times_at_once_credits_once(db: Database, cards: CardShop, buyer: User) -> None:
    await cards.fault("lose")
    await cards.pays(await cards.order(buyer))
    event = await cards.event("checkout.session.completed")

    statuses = await asyncio.gather(*(cards.post(event) for _ in range(50)))
    await cards.quiet()

    assert set(statuses) == {200}
    assert await cards.has(buyer) == 10
    assert await rows(db, "SELECT count(*) FROM inbox") == [(1,)]


async def test_the_same_payment_under_another_events_name_credits_once(
    db: Database, cards: CardShop, buyer: User
) -> None:
    await cards.pays(await cards.order(buyer))
    event = await cards.event("checkout.session.completed")
    await cards.quiet()

    others = [event | {"id": f"evt_other_{number}"} for number in range(5)]
    await asyncio.gather(*map(cards.post, others))
    await cards.quiet()

    assert await cards.has(buyer) == 10
    assert await rows(db, "SELECT count(*) FROM payments") == [(1,)]


async def test_each_of_two_payments_of_one_order_is_credited(cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    await asyncio.gather(cards.pays(view), cards.pays(view))
    await cards.quiet()

    assert await cards.has(buyer) == 20


@pytest.mark.parametrize("order", list(permutations(range(3))))
@ON_SQLITE
async def test_a_refund_may_be_told_before_its_payment(cards: CardShop, buyer: User, order: tuple[int, ...]) -> None:
    await cards.fault("hold")
    session = await cards.pays(await cards.order(buyer))
    await cards.control("refunds", {"payment": session["payment_intent"], "amount": 250})
    kinds = ["checkout.session.completed", "refund.created", "charge.refunded"]
    events = [(await cards.event(kind))["id"] for kind in kinds]

    await cards.control("deliveries/release", {"events": [events[place] for place in order]})
    await cards.quiet()

    assert await cards.has(buyer) == 5


async def test_the_life_of_a_payment_ends_the_same_in_any_order(db: Database, cards: CardShop, buyer: User) -> None:
    await cards.fault("hold")
    view = await cards.order(buyer)
    paid = [(await cards.pays(view))["payment_intent"] for _ in range(2)]
    for amount in (100, 149, 250):
        await cards.control("refunds", {"payment": paid[0], "amount": amount})
    pending = await cards.control("refunds", {"payment": paid[1], "amount": 99, "pending": True})
    await cards.control(f"refunds/{pending['id']}/fail", {})
    dispute = await cards.control("disputes", {"payment": paid[1]})
    await cards.control(f"disputes/{dispute['id']}/lose", {})
    await cards.control(f"disputes/{dispute['id']}/reverse", {})
    events = await cards.control("events")
    told = events + random.choices(events, k=len(events))
    random.shuffle(told)

    await asyncio.gather(*map(cards.post, told))
    await cards.quiet()

    assert await cards.has(buyer) == 10
    assert await rows(db, "SELECT refund_taken, dispute_taken FROM payments ORDER BY refund_taken") == [(0, 0), (10, 0)]


async def test_a_dispute_takes_the_credits_and_may_bring_debt(cards: CardShop, buyer: User, shop: Shop) -> None:
    session = await cards.pays(await cards.order(buyer))
    await cards.quiet()
    job = await shop.job_of(buyer)
    await cards.control("disputes", {"payment": session["payment_intent"]})
    await cards.quiet()

    assert await cards.has(buyer) == -job.price


async def test_a_refund_from_the_house_goes_through_stripe_once_for_its_key(
    db: Database, cards: CardShop, buyer: User, shop: Shop
) -> None:
    await cards.pays(await cards.order(buyer))
    await cards.quiet()
    shop.payments._refunders = {"stripe": cards.payments.refund}
    ((payment_id,),) = await rows(db, "SELECT id FROM payments")

    view = await shop.payments.refund(await shop.boss(), payment_id, 250)
    await cards.quiet()

    assert (view.refunded, await cards.has(buyer)) == (250, 5)
    assert await rows(db, "SELECT count(*) FROM reversals") == [(1,)]
    again = await cards.payments.refund(view.payment, 250, key=f"refund:{payment_id}:0:250")
    assert [(again.external_id,)] == await rows(db, "SELECT external_id FROM reversals")
