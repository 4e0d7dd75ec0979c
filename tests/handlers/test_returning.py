"""Coming back from the payment page: the vendor is asked at once, and nothing is believed that it does not say."""

from __future__ import annotations

import pytest
from aiogram.methods import SendMessage

from providers.payments import Checkout
from services.payments.orders import OrderView
from storage.database import Database
from tests.handlers.chat import Chat
from tests.support.builders import create_pack
from tests.support.database import ON_SQLITE, rows
from tests.support.money import charge_for, told

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


async def test_the_message_that_offered_to_pay_before_offers_nothing_any_more(chat: Chat, ordered: OrderView) -> None:
    await chat.taps(f"bp:{ordered.pack.id}:stripe::")

    await chat.says("/start paid")

    assert "goes on in a newer message" in chat.telegram.shown(5)
    order = (await chat.services.orders.view((await chat.user()).id, ordered.order.id)).order
    assert order.message_id is not None
    assert "Pay $4.99" in chat.telegram.buttons(order.message_id)


async def test_news_that_come_while_the_order_is_shown_are_not_missed(
    db: Database, chat: Chat, ordered: OrderView
) -> None:
    async def pays() -> None:
        await told(db, await charge_for(db, ordered.order, await chat.user()))

    chat.telegram.meanwhile(SendMessage, pays)

    await chat.says("/start paid")

    order = (await chat.services.orders.view((await chat.user()).id, ordered.order.id)).order
    assert "Paid" in chat.telegram.shown(order.message_id or 0)


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
