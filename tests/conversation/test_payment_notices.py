"""News of money: each is told once, in plain words, with what is left and what comes next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import EditMessageText, SendMessage

from conversation.notifier import TryLater
from services import outbox
from services.payments.facts import STARS, STRIPE, Charge, Rail, Reversed
from services.payments.orders import OrderView
from storage.database import Database
from storage.tables import Draft, User
from tests.conversation.shown import seen
from tests.conversation.stage import Stage
from tests.support.builders import create_pack
from tests.support.database import ON_SQLITE, execute
from tests.support.money import charge_for, take_away, told

pytestmark = ON_SQLITE


async def ordered(
    stage: Stage, buyer: User, rail: Rail = STRIPE, *, draft: Draft | None = None, album_id: int | None = None
) -> OrderView:
    """An order of ten credits whose message is in the chat."""
    pack = await create_pack(stage.shop.db)
    view = await stage.services.orders.open(
        buyer.id, pack.id, rail, draft_id=draft.id if draft else None, album_id=album_id
    )
    sent = await stage.bot.send_message(buyer.telegram_id, "Pay here")
    await stage.services.orders.shown(view.order.id, message_id=sent.message_id)
    stage.telegram.calls.clear()
    return await stage.services.orders.view(buyer.id, view.order.id)


async def paid(stage: Stage, buyer: User, view: OrderView) -> Charge:
    charge = await charge_for(stage.shop.db, view.order, buyer)
    await told(stage.shop.db, charge)
    return charge


async def hears(stage: Stage) -> str:
    """Deliver what waits. Returns what is said of it, and nothing where nothing is."""
    stage.telegram.calls.clear()
    await stage.notifier.deliver(await stage.next_message())
    said = stage.telegram.sent(SendMessage)
    return seen(said[-1].text) if said else ""


def buttons(stage: Stage) -> list[str]:
    keyboard = stage.telegram.sent(SendMessage)[-1].reply_markup
    return [one.callback_data for row in keyboard.inline_keyboard for one in row] if keyboard else []


async def test_a_payment_is_thanked_for_with_the_new_balance(stage: Stage, alice: User) -> None:
    await paid(stage, alice, await ordered(stage, alice))

    said = await hears(stage)

    assert "You got 10 credits." in said
    assert "You have 110 credits now." in said
    assert "Reference: P" in said
    assert "owe" not in said
    assert buttons(stage) == []


async def test_the_message_that_offered_to_pay_says_paid_and_offers_no_more(stage: Stage, alice: User) -> None:
    view = await ordered(stage, alice)
    await paid(stage, alice, view)
    await hears(stage)

    assert "Paid" in stage.telegram.shown(view.order.message_id or 0)
    assert stage.telegram.buttons(view.order.message_id or 0) == ""


async def test_an_invoice_is_left_to_telegram(stage: Stage, alice: User) -> None:
    await paid(stage, alice, await ordered(stage, alice, STARS))
    assert "You got 10 credits." in await hears(stage)
    assert stage.telegram.sent(EditMessageText) == []


async def test_what_paid_a_debt_is_told(stage: Stage, alice: User) -> None:
    await take_away(stage.shop.db, alice, 104)
    await paid(stage, alice, await ordered(stage, alice))

    said = await hears(stage)

    assert "Used to pay what you owed: 4 credits." in said
    assert "You have 6 credits now." in said
    assert "Still owed" not in said


async def test_a_debt_that_is_larger_still_stands(stage: Stage, alice: User) -> None:
    await take_away(stage.shop.db, alice, 115)
    await paid(stage, alice, await ordered(stage, alice))

    said = await hears(stage)

    assert "Used to pay what you owed: 10 credits." in said
    assert "You have 0 credits now.\nStill owed: 5 credits." in said


async def test_what_was_interrupted_is_one_tap_away(stage: Stage, alice: User) -> None:
    draft = await stage.shop.draft_of(alice)
    await take_away(stage.shop.db, alice, 100)
    await stage.notifier.show_draft(alice, draft.id)
    card = (await stage.shop.drafts.get(alice.id, draft.id)).card_message_id or 0
    await paid(stage, alice, await ordered(stage, alice, draft=draft))

    assert "one tap away" in await hears(stage)

    assert buttons(stage) == [f"dj:{draft.id}:0:2"]
    assert "You have 10." in stage.telegram.shown(card)
    assert '"b:' not in stage.telegram.buttons(card)


async def test_so_is_an_album(stage: Stage, alice: User) -> None:
    drafts = [await stage.shop.draft_of(alice, album="g") for _ in range(2)]
    await hears(stage)
    album_id = drafts[0].album_id
    await paid(stage, alice, await ordered(stage, alice, album_id=album_id))

    await hears(stage)

    assert buttons(stage) == [f"aj:{album_id}:0:4"]


async def test_what_is_made_already_or_put_away_is_not_offered_again(stage: Stage, alice: User) -> None:
    for change in ("working", "closed"):
        draft = await stage.shop.draft_of(alice)
        await execute(stage.shop.db, "UPDATE drafts SET state = :to WHERE id = :id", to=change, id=draft.id)
        await paid(stage, alice, await ordered(stage, alice, draft=draft))
        assert "one tap away" not in await hears(stage)
        assert buttons(stage) == []
    await execute(stage.shop.db, "UPDATE drafts SET state = 'open'")


async def test_what_still_costs_more_is_not_offered(stage: Stage, alice: User) -> None:
    draft = await stage.shop.draft_of(alice)
    await take_away(stage.shop.db, alice, 109)
    await paid(stage, alice, await ordered(stage, alice, draft=draft))
    await hears(stage)
    assert buttons(stage) == []


async def test_told_again_after_a_crash_it_says_the_same(stage: Stage, alice: User) -> None:
    await paid(stage, alice, await ordered(stage, alice))
    message = await stage.next_message()
    stage.telegram.drop(SendMessage, TelegramNetworkError(method=SendMessage(chat_id=1, text="x"), message="lost"))

    with pytest.raises(TryLater):
        await stage.notifier.deliver(message)
    again = stage.restarted()
    await again.deliver(message)
    await again.deliver(message)

    said = [call.text for call in stage.telegram.sent(SendMessage)]
    assert len(set(said[-2:])) == 1


async def test_a_slow_payment_is_told_while_it_is_on_its_way(stage: Stage, alice: User) -> None:
    view = await ordered(stage, alice)
    await stands(stage, view, "pending")

    assert "Your payment of $4.99 is on its way" in await hears(stage)
    assert "on its way" in stage.telegram.shown(view.order.message_id or 0)
    assert stage.telegram.buttons(view.order.message_id or 0) == ""


async def test_and_if_it_fails_there_is_another_try(stage: Stage, alice: User) -> None:
    draft = await stage.shop.draft_of(alice)
    await stands(stage, await ordered(stage, alice, draft=draft), "failed")

    assert "didn't go through" in await hears(stage)
    assert buttons(stage) == [f"b:{draft.id}:"]


@pytest.mark.parametrize("news", ["pending", "failed"])
async def test_what_was_paid_meanwhile_is_not_told_as_pending_or_failed(stage: Stage, alice: User, news: str) -> None:
    view = await ordered(stage, alice)
    await paid(stage, alice, view)
    await hears(stage)
    await stands(stage, view, news, now="paid")

    assert await hears(stage) == ""
    assert "Paid" in stage.telegram.shown(view.order.message_id or 0)


async def stands(stage: Stage, view: OrderView, news: str, *, now: str | None = None) -> None:
    """A slow payment is told of; `now`: how the order stands when that is read."""
    kind, order = f"payment_{news}", view.order
    await execute(stage.shop.db, "UPDATE orders SET state = :state WHERE id = :id", state=now or news, id=order.id)
    await put(stage, kind, order.user_id, {"order_id": order.id})


async def put(stage: Stage, kind: str, user_id: int, payload: dict[str, int]) -> None:
    async with stage.shop.db.transaction() as session:
        await outbox.put(session, key=f"{kind}:1", user_id=user_id, kind=kind, payload=payload)


async def test_a_refund_says_what_went_back(stage: Stage, alice: User) -> None:
    charge = await paid(stage, alice, await ordered(stage, alice))
    await hears(stage)
    await told(stage.shop.db, Reversed(STRIPE, "re_1", "refund", charge.external_id, 499, "succeeded"))

    said = await hears(stage)

    assert "Your payment of $4.99 was refunded, so I took back 10 credits." in said
    assert "You have 100 credits now." in said
    assert "owed" not in said
    assert "/paysupport" in said


async def test_a_refund_leaves_the_message_to_what_it_shows_by_now(stage: Stage, alice: User) -> None:
    charge = await paid(stage, alice, await ordered(stage, alice))
    await hears(stage)
    await told(stage.shop.db, Reversed(STRIPE, "re_1", "refund", charge.external_id, 499, "succeeded"))
    await hears(stage)
    assert stage.telegram.sent(EditMessageText) == []


async def test_a_part_is_told_as_a_part(stage: Stage, alice: User) -> None:
    charge = await paid(stage, alice, await ordered(stage, alice))
    await hears(stage)
    await told(stage.shop.db, Reversed(STRIPE, "re_1", "refund", charge.external_id, 250, "succeeded"))

    assert "A part of your payment of $4.99 was refunded, so I took back 5 credits." in await hears(stage)


async def test_what_was_spent_is_owed_and_that_is_explained(stage: Stage, alice: User) -> None:
    charge = await paid(stage, alice, await ordered(stage, alice))
    await hears(stage)
    await take_away(stage.shop.db, alice, 107)
    await told(stage.shop.db, Reversed(STRIPE, "dp_1", "dispute", charge.external_id, 499, "needs_response"))

    said = await hears(stage)

    assert "Your bank disputes your payment of $4.99. Until that is settled, I took back 10 credits." in said
    assert "Spent already: 7 credits. That is owed now, and the next credits you get pay it first." in said
    assert "You have 0 credits now.\nStill owed: 7 credits." in said


async def test_what_comes_back_is_told_too(stage: Stage, alice: User) -> None:
    charge = await paid(stage, alice, await ordered(stage, alice))
    await hears(stage)
    for kind, first, then, said in (
        ("refund", "pending", "failed", "The refund of your payment of $4.99 didn't go through"),
        ("dispute", "needs_response", "won", "The dispute over your payment of $4.99 is settled"),
    ):
        for status in (first, then):
            fact = Reversed(STRIPE, f"{kind}_1", kind, charge.external_id, 499, status)  # type: ignore[arg-type]
            await told(stage.shop.db, fact)
            heard = await hears(stage)
        assert said in heard
        assert "you have 10 credits back" in heard


async def test_a_payment_that_cannot_be_matched_is_not_passed_over_in_silence(stage: Stage, alice: User) -> None:
    view = await ordered(stage, alice)
    await told(stage.shop.db, replace(await charge_for(stage.shop.db, view.order, alice), amount=123))

    said = await hears(stage)

    assert "I got a payment of $1.23 and can't tell what it is for." in said
    assert "Reference: P" in said
    assert "Paid" not in stage.telegram.shown(view.order.message_id or 0)


async def test_once_it_went_back_there_is_nothing_to_say_any_more(stage: Stage, alice: User) -> None:
    view = await ordered(stage, alice)
    charge = replace(await charge_for(stage.shop.db, view.order, alice), amount=123)
    await told(stage.shop.db, charge)
    await told(stage.shop.db, Reversed(STRIPE, "re_1", "refund", charge.external_id, 123, "succeeded"))
    assert await hears(stage) == ""


@pytest.mark.parametrize("language", ["en", "es", "ru"])
async def test_news_are_told_in_the_language_of_that_moment(
    db: Database, stage: Stage, alice: User, language: str
) -> None:
    await paid(stage, alice, await ordered(stage, alice))
    await execute(db, "UPDATE users SET language = :code", code=language)
    thanks = {"en": "Thank you", "es": "Gracias", "ru": "Спасибо"}
    assert thanks[language] in await hears(stage)
