"""/admin: for owners, by their own hand, and asked twice before money moves."""

from __future__ import annotations

from typing import Any

import pytest

from conversation import callbacks
from conversation.i18n import Words
from storage.database import Database
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


@pytest.fixture
async def stray(db: Database, chat: Chat) -> int:
    """A payment of Alice's that nobody ordered."""
    paid = {"currency": "XTR", "total_amount": 250, "invoice_payload": "unknown"}
    await chat.sends(
        successful_payment={
            **paid,
            "telegram_payment_charge_id": "charge-1",
            "provider_payment_charge_id": "p-1",
        }
    )
    ((payment_id,),) = await rows(db, "SELECT id FROM payments")
    return int(payment_id)


async def state(db: Database) -> list[tuple[Any, ...]]:
    return await rows(db, "SELECT state, credits FROM payments")


async def test_an_owner_sees_what_waits(owners: Chat, stray: int) -> None:
    await owners.says("/admin")
    assert "1 payment waits" in owners.last

    await owners.taps(callbacks.AdminPlace(to="payments").pack())
    assert "Alice" in owners.last
    assert "isn't there" in owners.last


async def test_to_others_the_command_does_not_exist(chat: Chat, owners: Chat) -> None:
    await chat.says("/something")
    unknown = chat.last
    await chat.says("/admin")

    assert chat.last == unknown


@pytest.mark.parametrize(
    "disguise",
    [
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Olga"}},
        {"sender_chat": {"id": -1001, "type": "channel", "title": "x"}},
        {"via_bot": {"id": 9, "is_bot": True, "first_name": "b"}},
        {"edited": True},
    ],
    ids=str,
)
async def test_only_a_message_of_their_own_counts(owners: Chat, stray: int, disguise: dict[str, Any]) -> None:
    entities = [{"type": "bot_command", "offset": 0, "length": 6}]
    await owners.sends(text="/admin", entities=entities, **disguise)

    assert not any("waits" in said for said in owners.heard)


@pytest.mark.parametrize(
    "data",
    [
        callbacks.AdminPlace(to="payments"),
        callbacks.AdminPayment(payment=1),
        callbacks.AdminRefund(payment=1, amount=250, sure=True),
        callbacks.AdminAssign(payment=1, person=501, credits=1000, sure=True),
        callbacks.AdminAsk(what="refund", payment=1),
    ],
    ids=lambda data: type(data).__name__,
)
async def test_others_cannot_tap_an_owners_buttons(db: Database, chat: Chat, stray: int, data: Any) -> None:
    answer = await chat.taps(data.pack())

    assert "no longer works" in answer["text"]
    assert await state(db) == [("unmatched", 0)]
    assert chat.shop.counter.given_back == []


async def test_a_refund_is_asked_twice(db: Database, owners: Chat, stray: int) -> None:
    await owners.taps(callbacks.AdminRefund(payment=stray, amount=250).pack())
    assert "Give ⭐ 250 back to Alice?" in owners.last
    assert owners.shop.counter.given_back == []

    await owners.taps(callbacks.AdminRefund(payment=stray, amount=250, sure=True).pack())

    assert owners.shop.counter.given_back == [(501, "charge-1")]
    assert await state(db) == [("returned", 0)]


async def test_a_payment_is_assigned_after_a_question(db: Database, owners: Chat, bobs: Chat, stray: int) -> None:
    bob = await bobs.user()
    await owners.taps(callbacks.AdminAsk(what="assign", payment=stray).pack())
    await owners.says("Bob ten")
    assert "couldn't read" in owners.last
    await owners.says("502 10")
    assert "Credit 10 credits for ⭐ 250 to Bob?" in owners.last

    await owners.taps(callbacks.AdminAssign(payment=stray, person=502, credits=10, sure=True).pack())

    assert (await bobs.services.wallet.balance(bob.id)).available == 20


async def test_a_part_of_a_card_payment_is_asked_for(owners: Chat, db: Database, stray: int) -> None:
    await execute(db, "UPDATE payments SET rail = 'stripe', currency = 'usd'")
    await owners.taps(callbacks.AdminAsk(what="refund", payment=stray).pack())
    await owners.says("a lot")
    assert "couldn't read" in owners.last

    await owners.says("1,50")

    assert "Give $1.50 back to Alice?" in owners.last


async def test_a_payment_is_looked_up_by_its_reference(owners: Chat, stray: int) -> None:
    await owners.says("/payments charge-1")
    assert f"#{stray}" in owners.last

    await owners.says("/payments nothing")
    assert "no longer here" in owners.last


async def test_an_owner_makes_lists_and_stops_a_promo_code(db: Database, owners: Chat, chat: Chat) -> None:
    await owners.says("/promos Summer 5 100 30 new")
    assert "SUMMER" in owners.last
    assert "0 of 100 used" in owners.last
    await owners.says("/promos")
    assert "SUMMER" in owners.last
    await chat.services.codes.redeem((await chat.user()).id, "summer")
    assert (await chat.services.wallet.balance((await chat.user()).id)).available == 15

    await owners.says("/promos stop summer")

    assert await rows(db, "SELECT active FROM promo_codes") == [(0,)]


@pytest.mark.parametrize(
    "typed", ["X", "SUMMER", "SUMMER 0", "SUMMER five", "SUMMER 5 0", "SUMMER 5 1 2 3", "SUMMER -5"]
)
async def test_a_promo_code_that_cannot_be_read_is_not_made(db: Database, owners: Chat, typed: str) -> None:
    await owners.says(f"/promos {typed}")

    assert await rows(db, "SELECT * FROM promo_codes") == []
