"""Payments by card, from Stripe's events to the ledger; Stripe is the sandbox's, over HTTP."""

from __future__ import annotations

import asyncio
import random
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import NotYours, VendorUnreachable
from services.payments.cards import CardPayments, Found
from services.payments.facts import STARS, Problem
from storage.database import Database
from storage.tables import User
from tests.support.builders import BOT_ID, Shop, create_pack
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, execute, expire, rows


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

    view = await shop.payments.refund(payment_id, 250)
    await cards.quiet()

    assert (view.refunded, await cards.has(buyer)) == (250, 5)
    assert await rows(db, "SELECT count(*) FROM reversals") == [(1,)]
    again = await cards.payments.refund(view.payment, 250, key=f"refund:{payment_id}:0:250")
    assert [(again.external_id,)] == await rows(db, "SELECT external_id FROM reversals")


TAMPERED: dict[Problem, dict[str, Any]] = {
    Problem.NO_REFERENCE: {"client_reference_id": "no such letters: é!"},
    Problem.UNKNOWN_ORDER: {"client_reference_id": "A" * 22},
    Problem.WRONG_AMOUNT: {"amount": 50},
    Problem.WRONG_CURRENCY: {"currency": "mxn"},
    Problem.WRONG_ITEMS: {"quantity": 3},
    Problem.WRONG_MODE: {"flip_livemode": True},
}


@ON_SQLITE
@pytest.mark.parametrize(("problem", "change"), TAMPERED.items(), ids=list(TAMPERED))
async def test_what_was_tampered_with_is_listed_and_credits_nothing(
    db: Database, cards: CardShop, buyer: User, problem: Problem, change: dict[str, Any]
) -> None:
    await cards.pays(await cards.order(buyer), **change)
    await cards.quiet()

    assert await rows(db, "SELECT state, problem, credits FROM payments") == [("unmatched", problem, 0)]
    assert (await cards.has(buyer), await state(db)) == (0, "open")


@ON_SQLITE
async def test_a_dear_orders_reference_at_a_cheap_link_is_listed(db: Database, cards: CardShop, buyer: User) -> None:
    cheap = await cards.order(buyer, cents=99, credits_=1)
    await create_pack(db, cents=9_999, credits_=1_000, linked=False)
    await cards.links.keep(look=False)
    dear = await cards.order(buyer)

    await cards.pays(cheap, client_reference_id=dear.order.token)
    await cards.quiet()

    assert await rows(db, "SELECT problem FROM payments") == [(Problem.WRONG_LINK,)]
    assert await cards.has(buyer) == 0


@ON_SQLITE
async def test_a_discount_we_never_gave_is_not_the_price(db: Database, cards: CardShop, buyer: User) -> None:
    await cards.pays(await cards.order(buyer), discount=90)
    await cards.quiet()

    assert await rows(db, "SELECT problem, amount FROM payments") == [(Problem.WRONG_AMOUNT, 50)]


@ON_SQLITE
async def test_what_costs_nothing_is_no_payment(db: Database, cards: CardShop, buyer: User) -> None:
    await cards.pays(await cards.order(buyer), discount=100)
    await cards.quiet()

    assert await rows(db, "SELECT id FROM payments") == []
    assert await state(db) == "open"


@ON_SQLITE
async def test_what_the_account_sells_besides_is_none_of_ours(db: Database, cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    elsewhere = CardPayments(db, cards.desk, livemode=False, bot_id=BOT_ID + 1)
    session = await cards.pays(view, client_reference_id="somebody-elses")
    await cards.quiet()
    await execute(db, "DELETE FROM payments")
    await execute(db, "DELETE FROM orders")
    await execute(db, "DELETE FROM pack_links")

    assert await elsewhere.returned(session["id"]) is None
    assert await rows(db, "SELECT id FROM payments") == []


@ON_SQLITE
async def test_test_refunds_of_the_wrong_mode_change_nothing(db: Database, cards: CardShop, buyer: User) -> None:
    session = await cards.pays(await cards.order(buyer))
    await cards.fault("lose")
    await cards.control("refunds", {"payment": session["payment_intent"]})
    event = await cards.event("refund.created")

    assert await cards.post(event | {"livemode": True}) == 200
    await cards.quiet()

    assert await cards.has(buyer) == 10
    assert await rows(db, "SELECT id FROM reversals") == []


@ON_SQLITE
@pytest.mark.parametrize("fault", [{"kind": "error"}, {"kind": "drop_before"}, {"kind": "drop_after"}])
async def test_when_stripe_fails_while_an_event_is_handled_it_is_tried_again(
    db: Database, cards: CardShop, buyer: User, fault: dict[str, Any]
) -> None:
    view = await cards.order(buyer)
    await cards.fault(**fault, call="GET /v1/checkout/sessions")
    await cards.pays(view)
    await cards.delivered()
    assert await cards.has(buyer) == 0
    assert await rows(db, "SELECT count(*) FROM inbox WHERE handled_at IS NULL") == [(1,)]

    await cards.mended()
    await expire(db, "inbox")
    (again,) = await cards.inbox.abandoned()
    assert await cards.payments.handle(again) != []

    assert await cards.has(buyer) == 10


@ON_SQLITE
async def test_an_outage_of_hours_uses_up_no_attempts(db: Database, cards: CardShop, buyer: User) -> None:
    view = await cards.order(buyer)
    await cards.fault("error", call="GET /v1/checkout/sessions")
    await cards.pays(view)
    await cards.delivered()
    for _ in range(8):
        await expire(db, "inbox")
        for received in await cards.inbox.abandoned():
            await cards.ingest._handle(received)

    assert await rows(db, "SELECT attempts FROM inbox WHERE handled_at IS NULL") == [(0,)]


async def test_an_event_is_handled_though_the_process_died_right_after_storing_it(
    db: Database, cards: CardShop, buyer: User
) -> None:
    await cards.fault("lose")
    await cards.pays(await cards.order(buyer))
    event = await cards.event("checkout.session.completed")
    await cards.inbox.store({event["id"]: event})  # and nobody handles it

    await expire(db, "inbox")
    again = await cards.inbox.abandoned()
    await asyncio.gather(*map(cards.payments.handle, again))

    assert await cards.has(buyer) == 10


async def test_effect_and_handled_are_one(
    db: Database, cards: CardShop, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(_session: AsyncSession, _received_id: int) -> None:
        raise ConnectionError("just before the end")

    await cards.fault("lose")
    await cards.pays(await cards.order(buyer))
    (received,) = await cards.inbox.store({"evt_1": await cards.event("checkout.session.completed")})
    monkeypatch.setattr("services.payments.cards.handled", dies)

    with pytest.raises(ConnectionError):
        await cards.payments.handle(received)

    assert await rows(db, "SELECT handled_at FROM inbox") == [(None,)]
    assert await rows(db, "SELECT id FROM payments") == []
    assert await cards.has(buyer) == 0


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
