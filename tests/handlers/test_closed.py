"""While the house is closed people get the words written for it, staff works on, and what was paid is received."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerPreCheckoutQuery, SendMessage

from conversation.i18n import Words
from tests.handlers.chat import OWNER, PHOTO, Chat
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE
WORDS = "Back at 3 <b>sharp</b>, " + "we are moving. " * 20


@pytest.fixture
async def closed(chat: Chat) -> None:
    await chat.shop.closing.close(await chat.shop.boss(), WORDS.strip())


async def test_a_message_gets_the_words_as_they_are_once_a_minute(chat: Chat, closed: None) -> None:
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    await chat.says("/buy")
    await chat.says("hello?")

    assert len(chat.heard) == 1
    assert chat.last.startswith("Back at 3 &lt;b&gt;sharp&lt;/b&gt;, we are moving.")
    assert await rows(chat.shop.db, "SELECT id FROM drafts") == []


async def test_every_tap_gets_them_in_a_window_as_far_as_they_fit(chat: Chat, closed: None) -> None:
    for _ in range(2):
        answer = await chat.taps("dg:1:0")
        assert answer["window"]
        assert answer["text"].startswith("Back at 3 <b>sharp</b>, we")
        assert len(answer["text"]) <= 200
    assert chat.heard == []


async def test_an_inline_query_gets_nothing_and_an_edited_message_no_answer(chat: Chat, closed: None) -> None:
    answer = await chat.asks()
    assert (answer.results, answer.button) == ([], None)

    await chat.sends(text="a typo", edited=True, edit_date=2)
    assert chat.heard == []


async def test_in_a_group_nothing_is_said(chat: Chat, closed: None) -> None:
    chat.place = {"id": -5, "type": "group", "title": "Friends"}
    await chat.says("/start")
    assert chat.telegram.sent(SendMessage) == []


async def test_nobody_begins_to_pay_but_what_was_paid_is_received(chat: Chat, shop: Shop, closed: None) -> None:
    user = await chat.user()
    order = await shop.orders.open(user.id, (await create_pack(shop.db)).id, "stars")
    facts = {"currency": "XTR", "total_amount": 250, "invoice_payload": order.order.token}
    await chat.update(pre_checkout_query={"id": "p", "from": chat.person, **facts})
    (answer,) = chat.telegram.sent(AnswerPreCheckoutQuery)
    assert (answer.ok, str(answer.error_message)[:9]) == (False, "Back at 3")
    assert len(str(answer.error_message)) <= 200

    paid = {**facts, "telegram_payment_charge_id": "c", "provider_payment_charge_id": "p"}
    await chat.sends(successful_payment=paid)

    assert await shop.balance(user) == (20, 0)


async def test_staff_works_on_and_is_reminded_until_it_is_open(shop: Shop, words: Words, closed: None) -> None:
    owner = Chat(shop, words, OWNER, "Olga")
    await owner.says("/admin")
    assert "closed" in owner.last
    await owner.says("/credits")
    assert "Back at" not in owner.last

    await shop.closing.open(await shop.boss())
    await owner.says("/admin")
    assert "closed" not in owner.last
