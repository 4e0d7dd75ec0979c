"""Stars: asked before, told after, and never lost in between."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import AnswerPreCheckoutQuery
from sqlalchemy.exc import OperationalError

from services.payments.orders import OrderView
from storage.database import Database
from storage.tables import Order
from tests.handlers.chat import Chat
from tests.support.builders import create_pack
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.fixture
async def ordered(db: Database, chat: Chat) -> OrderView:
    """Alice wants ten credits for 250 Stars."""
    pack = await create_pack(db)
    return await chat.services.orders.open((await chat.user()).id, pack.id, "stars")


async def asks(chat: Chat, order: OrderView, **other: Any) -> AnswerPreCheckoutQuery:
    """Somebody has their finger on Pay. Returns the answer."""
    query = {"id": "p", "from": chat.person, "currency": "XTR", "total_amount": 250, **other}
    await chat.update(pre_checkout_query={"invoice_payload": order.order.token, **query})
    answers: list[AnswerPreCheckoutQuery] = chat.telegram.sent(AnswerPreCheckoutQuery)
    assert len(answers) == 1
    return answers[0]


def receipt(order: OrderView, **other: Any) -> dict[str, Any]:
    facts = {"currency": "XTR", "total_amount": 250, "invoice_payload": order.order.token}
    charge = {"telegram_payment_charge_id": "charge-1", "provider_payment_charge_id": "p-1"}
    return {**facts, **charge, **other}


async def available(chat: Chat) -> int:
    return (await chat.services.wallet.balance((await chat.user()).id)).available


async def test_the_right_order_may_be_paid(chat: Chat, ordered: OrderView) -> None:
    assert (await asks(chat, ordered)).ok is True


@pytest.mark.parametrize(
    "altered",
    [{"total_amount": 1}, {"total_amount": 251}, {"currency": "USD"}, {"invoice_payload": "unknown"}],
    ids=str,
)
async def test_what_was_not_ordered_may_not_be_paid(chat: Chat, ordered: OrderView, altered: dict[str, Any]) -> None:
    answer = await asks(chat, ordered, **altered)

    assert answer.ok is False
    assert answer.error_message


async def test_somebody_else_may_not_pay_it(bobs: Chat, ordered: OrderView) -> None:
    assert (await asks(bobs, ordered)).ok is False


async def test_a_paid_order_may_not_be_paid_again(chat: Chat, ordered: OrderView) -> None:
    await chat.sends(successful_payment=receipt(ordered))

    assert "/buy" in ((await asks(chat, ordered)).error_message or "")


async def test_an_old_order_may_not_be_paid(db: Database, chat: Chat, ordered: OrderView) -> None:
    async with db.transaction() as session:
        (await session.get_one(Order, ordered.order.id)).expires_at = ordered.order.created_at

    assert (await asks(chat, ordered)).ok is False


@pytest.mark.parametrize("fault", [OperationalError("x", {}, Exception()), RuntimeError("x"), TimeoutError()])
async def test_it_is_answered_whatever_breaks(
    chat: Chat, ordered: OrderView, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise fault

    monkeypatch.setattr(chat.services.orders, "check", broken)

    answer = await asks(chat, ordered)

    assert answer.ok is False
    assert "Error" in (answer.error_message or "")


async def test_an_answer_that_comes_too_late_breaks_nothing(chat: Chat, ordered: OrderView) -> None:
    chat.telegram.refuse(AnswerPreCheckoutQuery, 400, "query is too old")

    await asks(chat, ordered)


async def test_a_payment_is_credited_once_however_often_it_is_told(chat: Chat, ordered: OrderView) -> None:
    for _ in range(3):
        await chat.sends(successful_payment=receipt(ordered))

    assert await available(chat) == 20


@pytest.mark.parametrize(
    ("altered", "problem"),
    [
        ({"total_amount": 1}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"invoice_payload": "made up"}, "unknown_order"),
    ],
    ids=str,
)
async def test_a_forged_payment_is_put_on_the_list(
    db: Database, chat: Chat, ordered: OrderView, altered: dict[str, Any], problem: str
) -> None:
    await chat.sends(successful_payment=receipt(ordered, **altered))

    assert await available(chat) == 10
    assert await rows(db, "SELECT state, problem FROM payments") == [("unmatched", problem)]


async def test_somebody_elses_order_credits_nobody(db: Database, chat: Chat, bobs: Chat, ordered: OrderView) -> None:
    await bobs.sends(successful_payment=receipt(ordered))

    assert (await available(chat), await available(bobs)) == (10, 10)
    assert await rows(db, "SELECT problem, payer_id FROM payments") == [("wrong_payer", bobs.person["id"])]


async def test_a_refund_takes_the_credits_back_even_if_it_is_told_first(chat: Chat, ordered: OrderView) -> None:
    await chat.sends(refunded_payment=receipt(ordered))
    await chat.sends(successful_payment=receipt(ordered))

    assert await available(chat) == 10


async def test_a_payment_that_could_not_be_stored_is_not_apologised_away(
    chat: Chat, ordered: OrderView, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(**_: Any) -> bool:
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(chat.services.stars, "paid", broken)

    with pytest.raises(OperationalError):
        await chat.sends(successful_payment=receipt(ordered))
