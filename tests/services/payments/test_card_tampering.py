"""The same mistrust at Stripe's door: what a payer can change on the way comes as signed events, and gets nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from services.payments.facts import STRIPE, Problem
from services.payments.orders import OrderView, new_token
from storage.database import Database
from storage.tables import User
from tests.support.builders import create_pack, create_user
from tests.support.cards import CardShop
from tests.support.database import ON_SQLITE, rows

LISTED = "SELECT state, problem, credits, user_id FROM payments"
CHANGED: list[tuple[Problem, dict[str, Any]]] = [
    (Problem.WRONG_ITEMS, {"quantity": 3}),
    (Problem.WRONG_AMOUNT, {"amount": 1}),
    (Problem.WRONG_AMOUNT, {"discount": 50}),
    (Problem.WRONG_CURRENCY, {"currency": "idr"}),
    (Problem.WRONG_MODE, {"flip_livemode": True}),
]


async def pays(cards: CardShop, view: OrderView, reference: str | None = None, **how: Any) -> None:
    """At the order's link, with another reference in its address if there is one ("" takes it away)."""
    address = str(view.pay_url)
    if reference is not None:
        address = address.partition("?")[0] + ("?" + urlencode({"client_reference_id": reference}) if reference else "")
    await cards.control("pay", {"link": address} | how)
    await cards.quiet()


async def assert_listed(db: Database, problem: Problem) -> None:
    assert await rows(db, LISTED) == [("unmatched", problem, 0, None)]
    assert await rows(db, "SELECT key FROM transfers") == []
    assert await rows(db, "SELECT state FROM orders WHERE state <> 'open'") == []


@pytest.mark.parametrize(("problem", "how"), CHANGED, ids=[next(iter(how)) for _, how in CHANGED])
async def test_what_was_changed_on_the_page_is_listed(
    db: Database, cards: CardShop, buyer: User, problem: Problem, how: dict[str, Any]
) -> None:
    await pays(cards, await cards.order(buyer), **how)

    await assert_listed(db, problem)


@ON_SQLITE
@pytest.mark.parametrize(
    ("problem", "reference"),
    [(Problem.NO_REFERENCE, ""), (Problem.UNKNOWN_ORDER, new_token()), (Problem.UNKNOWN_ORDER, "1 OR 1=1")],
    ids=("none", "made up", "sql"),
)
async def test_an_altered_reference_is_listed(
    db: Database, cards: CardShop, buyer: User, problem: Problem, reference: str
) -> None:
    view = await cards.order(buyer)

    await pays(cards, view, reference)

    (listed,) = await rows(db, LISTED)
    # A reference Stripe does not take is dropped by its page.
    assert listed in {("unmatched", problem, 0, None), ("unmatched", Problem.NO_REFERENCE, 0, None)}
    assert await cards.has(buyer) == 0


async def test_the_token_of_a_dear_order_at_the_cheapest_link_is_listed(
    db: Database, cards: CardShop, buyer: User
) -> None:
    cheap = await cards.order(buyer)
    pack = await create_pack(db, credits_=100, cents=2999, linked=False)
    await cards.links.keep(look=False)
    dear = await cards.shop.orders.open(buyer.id, pack.id, STRIPE)

    await pays(cards, cheap, dear.order.token)

    await assert_listed(db, Problem.WRONG_LINK)


async def test_who_pays_at_anothers_address_pays_for_them(db: Database, cards: CardShop, buyer: User) -> None:
    mallory = await create_user(db, "Mallory", credits_=0)
    hers, his = await cards.order(buyer), await cards.order(mallory)

    await pays(cards, his, hers.order.token)

    assert (await cards.has(buyer), await cards.has(mallory)) == (10, 0)


async def test_an_event_with_another_livemode_and_a_good_signature_moves_nothing(
    db: Database, cards: CardShop, buyer: User
) -> None:
    await cards.fault("lose")
    await cards.control("pay", {"link": (await cards.order(buyer)).pay_url})
    event = await cards.event("checkout.session.completed")

    assert await cards.post(event | {"livemode": True}) == 200
    await cards.delivered()

    assert await cards.has(buyer) == 0
    assert await rows(db, LISTED) == [("unmatched", Problem.WRONG_MODE, 0, None)]


@ON_SQLITE
@pytest.mark.parametrize("field", ["amount_total", "amount_subtotal"])
@pytest.mark.parametrize("amount", [0, -499, 2**63, "NaN", None])
async def test_a_signed_event_may_claim_what_it_likes_because_stripe_is_asked(
    db: Database, cards: CardShop, buyer: User, field: str, amount: object
) -> None:
    """Who had the signing secret could forge events; what is credited is what Stripe says when asked."""
    await cards.fault("lose")
    await cards.control("pay", {"link": (await cards.order(buyer)).pay_url, "method": "delayed"})
    event = await cards.event("checkout.session.completed")
    event["data"]["object"] |= {"payment_status": "paid", field: amount}

    await cards.post(event)
    await cards.delivered()

    assert await cards.has(buyer) == 0
    assert await rows(db, LISTED) == []
