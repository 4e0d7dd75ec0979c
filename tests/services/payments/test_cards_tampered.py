"""Whoever changes what is paid for, or how, gets nothing; and what is not ours is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from services.payments.cards import CardPayments
from services.payments.facts import Problem
from storage.database import Database
from storage.tables import User
from tests.support.builders import BOT_ID, create_pack
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, execute, rows


async def state(db: Database) -> str:
    ((found,),) = await rows(db, "SELECT state FROM orders")
    return str(found)


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
