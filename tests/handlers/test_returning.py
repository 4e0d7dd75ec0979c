"""Coming back from the payment page: the vendor is asked at once, and nothing is believed that it does not say."""

from __future__ import annotations

import pytest

from providers.payments import Checkout
from services.payments.orders import OrderView
from storage.database import Database
from tests.handlers.chat import Chat
from tests.support.builders import create_pack
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.fixture
async def ordered(db: Database, chat: Chat) -> OrderView:
    """Alice wants ten credits for $4.99 by card."""
    pack = await create_pack(db)
    return await chat.services.orders.open((await chat.user()).id, pack.id, "stripe")


async def visited(db: Database, chat: Chat, order: OrderView, progress: str = "paid") -> None:
    """The vendor knows of a visit to the page with this order's token."""
    ((link,),) = await rows(db, "SELECT link_id FROM pack_links")
    visit = Checkout("cs_1", link, order.order.token, "pi_1", progress, 499, "usd", one_pack=True, labels={})  # type: ignore[arg-type]
    chat.shop.card_counter.visits["cs_1"] = visit


async def available(chat: Chat) -> int:
    return (await chat.services.wallet.balance((await chat.user()).id)).available


@pytest.mark.parametrize("with_token", [True, False])
async def test_who_paid_has_the_credits_at_once(db: Database, chat: Chat, ordered: OrderView, with_token: bool) -> None:
    await visited(db, chat, ordered)

    await chat.says(f"/start paid_{ordered.order.token}" if with_token else "/start paid")

    assert "Paid" in chat.last
    assert await available(chat) == 20


async def test_who_did_not_pay_is_shown_where_to(chat: Chat, ordered: OrderView) -> None:
    await chat.says("/start paid")

    assert "The button opens the payment page" in chat.last
    assert await available(chat) == 10


async def test_a_payment_under_way_is_said_to_be(db: Database, chat: Chat, ordered: OrderView) -> None:
    await visited(db, chat, ordered, "pending")

    await chat.says("/start paid")

    assert "on its way" in chat.last
    assert await available(chat) == 10


async def test_a_vendor_that_is_away_keeps_nobody_from_their_order(chat: Chat, ordered: OrderView) -> None:
    chat.shop.card_counter.away = True

    await chat.says("/start paid")

    assert "The button opens the payment page" in chat.last


@pytest.mark.parametrize("payload", ["paid_made-up", "paid_", "paid_" + "x" * 59])
async def test_a_made_up_token_is_greeted_as_anybody(chat: Chat, payload: str) -> None:
    await chat.says(f"/start {payload}")

    assert "Hi, Alice" in chat.last


async def test_somebody_elses_token_shows_nothing_of_theirs(
    db: Database, chat: Chat, bobs: Chat, ordered: OrderView
) -> None:
    await visited(db, chat, ordered)

    await bobs.says(f"/start paid_{ordered.order.token}")

    assert "Hi, Bob" in bobs.last
    assert (await available(chat), await available(bobs)) == (10, 10)
