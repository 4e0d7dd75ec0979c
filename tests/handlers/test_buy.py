"""Buying: the shelf, an order by card, an invoice in Stars, and "I have paid"."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import EditMessageText, SendInvoice, SendMessage

from services.errors import VendorUnreachable
from services.payments.cards import Found
from storage.database import Database
from storage.tables import Order, Pack
from tests.handlers.chat import Chat
from tests.support.builders import create_pack
from tests.support.database import ON_SQLITE, execute, rows

pytestmark = ON_SQLITE


@pytest.fixture
async def pack(db: Database) -> Pack:
    """Ten credits for 250 Stars or $4.99."""
    return await create_pack(db)


async def order_of(chat: Chat) -> Order:
    ((order_id,),) = await rows(chat.shop.db, "SELECT id FROM orders")
    return (await chat.services.orders.view((await chat.user()).id, order_id)).order


@pytest.mark.parametrize("said", ["/buy", "/start buy"])
async def test_the_shelf_is_a_command_away(chat: Chat, pack: Pack, said: str) -> None:
    await chat.says(said)
    assert "Taster" in chat.last
    assert "You have 10 credits." in chat.last


async def test_the_shelf_comes_below_where_it_was_asked_for(chat: Chat, pack: Pack) -> None:
    await chat.taps("m:buy")
    assert "Taster" in chat.telegram.sent(SendMessage)[-1].text


async def test_with_nothing_for_sale_it_says_so(chat: Chat) -> None:
    await chat.says("/buy")
    assert "Nothing is for sale" in chat.last


async def test_paying_by_card_turns_the_shelf_into_the_order(chat: Chat, pack: Pack) -> None:
    await chat.taps(f"bp:{pack.id}:stripe::")

    edit = chat.telegram.sent(EditMessageText)[-1]
    order = await order_of(chat)
    assert "10 credits for $4.99" in edit.text
    assert edit.reply_markup.inline_keyboard[0][0].url.endswith(f"?client_reference_id={order.token}")
    assert order.message_id == edit.message_id == 5


async def test_and_back(chat: Chat, pack: Pack) -> None:
    await chat.taps("b::")
    assert "Get credits" in chat.telegram.sent(EditMessageText)[-1].text


async def test_below_a_picture_the_order_has_a_message_of_its_own(chat: Chat, pack: Pack) -> None:
    picture = {"file_id": "p", "file_unique_id": "p", "width": 16, "height": 9}
    await chat.taps("b::", message={"message_id": 5, "date": 1, "chat": chat.place, "photo": [picture]})
    assert "Taster" in chat.telegram.sent(SendMessage)[-1].text

    await chat.taps(f"bp:{pack.id}:stripe::", message={"message_id": 5, "date": 0, "chat": chat.place})
    assert chat.telegram.shown((await order_of(chat)).message_id or 0) == chat.last


async def test_paying_in_stars_sends_an_invoice_that_only_they_can_pay(chat: Chat, pack: Pack) -> None:
    await chat.taps(f"bp:{pack.id}:stars::")

    (invoice,) = chat.telegram.sent(SendInvoice)
    order = await order_of(chat)
    assert (invoice.chat_id, invoice.title, invoice.payload) == (501, "Taster", order.token)
    assert (invoice.currency, [one.amount for one in invoice.prices]) == ("XTR", [250])
    assert invoice.start_parameter == "buy"
    assert chat.telegram.sent(EditMessageText) == []
    assert order.message_id is not None


async def test_what_the_credits_are_for_is_kept_with_the_order(chat: Chat, pack: Pack) -> None:
    draft = await chat.shop.draft_of(await chat.user())
    await chat.taps(f"bp:{pack.id}:stripe:{draft.id}:")
    assert (await order_of(chat)).draft_id == draft.id


async def test_nobody_buys_for_somebody_elses_draft(chat: Chat, bobs: Chat, pack: Pack) -> None:
    draft = await chat.shop.draft_of(await chat.user())
    assert "isn't yours" in (await bobs.taps(f"bp:{pack.id}:stripe:{draft.id}:"))["text"]
    assert await rows(chat.shop.db, "SELECT * FROM orders") == []


async def test_a_button_of_a_pack_that_is_gone_shows_what_there_is_now(chat: Chat, pack: Pack) -> None:
    gone = await create_pack(chat.shop.db)
    await execute(chat.shop.db, "UPDATE packs SET active = false WHERE id = :id", id=gone.id)

    answer = await chat.taps(f"bp:{gone.id}:stars::")

    assert "isn't on offer" in answer["text"]
    assert "Taster" in chat.telegram.sent(EditMessageText)[-1].text
    assert await rows(chat.shop.db, "SELECT * FROM orders") == []


@pytest.mark.parametrize("data", ["bp:0:stars::", "bp:1:cash::", "bp:1:stars:-1:", "bh:0", "b:x:"])
async def test_forged_buttons_buy_nothing(chat: Chat, pack: Pack, data: str) -> None:
    await chat.taps(data)
    assert await rows(chat.shop.db, "SELECT * FROM orders") == []


@pytest.fixture
async def ordered(chat: Chat, pack: Pack) -> Order:
    """By card, and in the chat."""
    await chat.taps(f"bp:{pack.id}:stripe::")
    return await order_of(chat)


def finds(chat: Chat, monkeypatch: pytest.MonkeyPatch, found: Found | Exception) -> list[tuple[int, int]]:
    """The vendor's answer to whoever asks. Returns who asked, and for which order."""
    asked: list[tuple[int, int]] = []

    async def recheck(_self: Any, user_id: int, order_id: int) -> Found:
        asked.append((user_id, order_id))
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(type(chat.services.card_payments), "recheck", recheck)
    return asked


async def test_i_have_paid_asks_the_vendor_at_once(chat: Chat, ordered: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = finds(chat, monkeypatch, Found.NOTHING)

    answer = await chat.taps(f"bh:{ordered.id}")

    assert asked == [((await chat.user()).id, ordered.id)]
    assert "Nothing has come yet" in answer["text"]
    assert answer["window"]


async def test_and_shows_what_it_found(chat: Chat, ordered: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(chat, monkeypatch, Found.PENDING)
    await execute(chat.shop.db, "UPDATE orders SET state = 'pending'")

    assert (await chat.taps(f"bh:{ordered.id}"))["text"] == ""

    assert "on its way" in chat.telegram.shown(5)
    assert "Pay" not in chat.telegram.buttons(5)


@pytest.mark.parametrize("tapped", ["bp", "bh"])
async def test_what_comes_of_it_while_it_is_shown_is_shown(
    chat: Chat, ordered: Order, pack: Pack, monkeypatch: pytest.MonkeyPatch, tapped: str
) -> None:
    """A worker has drawn it already, or nowhere: it does not know yet where the order is shown."""
    finds(chat, monkeypatch, Found.PENDING)

    async def it_is_on_its_way() -> None:
        await execute(chat.shop.db, "UPDATE orders SET state = 'pending'")

    chat.telegram.meanwhile(EditMessageText, it_is_on_its_way)
    await chat.taps(f"bh:{ordered.id}" if tapped == "bh" else f"bp:{pack.id}:stripe::")

    assert "on its way" in chat.telegram.shown(5)


async def test_that_the_vendor_is_away_is_said(chat: Chat, ordered: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(chat, monkeypatch, VendorUnreachable())
    assert "can't reach the payment service" in (await chat.taps(f"bh:{ordered.id}"))["text"]
