"""Invoices in Stars: who may pay them, what the bot is asked, what it may answer, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.sandbox.driver import Person, Sandbox, buttons
from tests.sandbox.paying import INVOICE, asked, paid, while_asked
from tests.sandbox.pictures import jpeg
from tests.sandbox.receiver import Receiver

ONLY_HERE = " (refused by the sandbox only)"
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
_PROVIDERS = "the sandbox has no payment providers, so the currency must be XTR" + ONLY_HERE
WRONG_INVOICES: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "invoice title must be non-empty"),
    ({"title": "a" * 33}, "invoice title is too long"),
    ({"title": "😀" * 17}, "invoice title is too long"),
    ({"description": "a" * 256}, "invoice description is too long"),
    ({"payload": ""}, "INVOICE_PAYLOAD_INVALID"),
    ({"payload": "é" * 65}, "INVOICE_PAYLOAD_INVALID"),
    ({"currency": "USD"}, _PROVIDERS),
    ({"provider_token": "42:TEST"}, "PAYMENT_PROVIDER_INVALID"),
    ({"prices": []}, "STARS_INVOICE_INVALID"),
    ({"prices": [{"label": "a", "amount": 1}, {"label": "b", "amount": 1}]}, "STARS_INVOICE_INVALID"),
    ({"prices": [{"label": "a", "amount": 0}]}, "STARS_INVOICE_INVALID"),
    ({"prices": [{"label": "a", "amount": -5}]}, "STARS_INVOICE_INVALID"),
    ({"prices": [{"amount": 5}]}, "can't parse prices[0]: Can't find field \"label\""),
    ({"need_email": True}, "STARS_INVOICE_INVALID"),
    ({"photo_url": "https://example.org/a.jpg"}, "only loopback addresses can be fetched" + ONLY_HERE),
]
WRONG_MESSAGES: list[tuple[dict[str, Any], str]] = [
    ({"start_parameter": "a b"}, "START_PARAM_INVALID"),
    ({"start_parameter": "a" * 65}, "START_PARAM_INVALID"),
    ({"reply_markup": buttons({"Back": "back"})}, "REPLY_MARKUP_BUY_EMPTY"),
    ({"reply_markup": {"inline_keyboard": [[{"text": "Pay", "pay": True}] * 2]}}, "BUTTON_TYPE_INVALID"),
    ({"subscription_period": 2592000}, 'sendInvoice has no parameter "subscription_period"' + ONLY_HERE),
]


@pytest.mark.parametrize(("params", "complaint"), WRONG_INVOICES + WRONG_MESSAGES)
async def test_a_wrong_invoice_is_refused(
    sandbox: Sandbox, alice: Person, params: dict[str, Any], complaint: str
) -> None:
    refusal = await sandbox.refusal("sendInvoice", chat_id=alice.id, **INVOICE | params)
    assert refusal.startswith("Bad Request: ")
    assert refusal.endswith(complaint)
    assert len((await alice.chat())["messages"]) == 1


@pytest.mark.parametrize(("params", "complaint"), WRONG_INVOICES)
async def test_a_link_to_a_wrong_invoice_is_refused(sandbox: Sandbox, params: dict[str, Any], complaint: str) -> None:
    assert complaint in await sandbox.refusal("createInvoiceLink", **INVOICE | params)


async def test_a_pay_button_belongs_to_an_invoice(sandbox: Sandbox, alice: Person) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Pay", "pay": True}]]}
    refusal = await sandbox.refusal("sendMessage", chat_id=alice.id, text="a", reply_markup=keyboard)
    assert refusal == "Bad Request: BUTTON_TYPE_INVALID"


async def test_a_payment_moves_stars_and_tells_both_sides(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, provider_token="", **INVOICE)
    assert message["invoice"]["total_amount"] == 250
    assert message["reply_markup"]["inline_keyboard"] == [[{"text": "Pay ⭐ 250", "pay": True}]]
    verdict, query = await while_asked(sandbox, alice.pays(message["message_id"]))
    assert (query["from"]["id"], query["currency"], query["total_amount"]) == (alice.id, "XTR", 250)
    assert query["invoice_payload"] == "order_1"
    receipt = (await asked(sandbox, "message"))["successful_payment"]
    assert receipt["telegram_payment_charge_id"] == verdict["charge_id"]
    await sandbox.control("POST", f"updates/{verdict['update_id']}/redeliver", {})
    assert (await asked(sandbox, "message"))["successful_payment"] == receipt
    assert (receipt["total_amount"], receipt["invoice_payload"]) == (250, "order_1")
    assert "is_recurring" not in receipt
    assert await alice.stars() == 4750
    assert (await alice.chat())["messages"][-1]["successful_payment"] == receipt
    assert await sandbox.ok("getMyStarBalance") == {"amount": 250}


async def test_an_invoice_can_be_paid_again_until_the_bot_says_no(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    for left in (4750, 4500):
        await while_asked(sandbox, alice.pays(message["message_id"]))
        await sandbox.updates()
        assert await alice.stars() == left
    refusal = {"ok": False, "error_message": "Already yours"}
    verdict, _ = await while_asked(sandbox, alice.pays(message["message_id"]), **refusal)
    assert verdict == {"ok": False, "error": "Already yours"}
    assert await alice.stars() == 4500
    assert await sandbox.updates() == []


async def test_a_refusal_needs_words(sandbox: Sandbox, alice: Person) -> None:
    paying = asyncio.ensure_future(sandbox.control("POST", f"{alice.path}/forge/checkout", {}))
    query = await asked(sandbox, "pre_checkout_query")
    refusal = await sandbox.refusal("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=False)
    assert refusal == 'Bad Request: parameter "error_message" is required'
    await sandbox.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
    assert await paying == {"ok": True}
    assert await sandbox.refusal("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True) == TOO_OLD


async def test_a_late_answer_is_refused_and_nothing_was_paid(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    verdict = await alice.pays(message["message_id"], seconds=0.05)
    assert verdict == {"ok": False, "error": "the bot did not answer in time"}
    query = await asked(sandbox, "pre_checkout_query")
    assert await sandbox.refusal("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True) == TOO_OLD
    assert await alice.stars() == 5000


async def test_a_question_about_a_payment_waits_for_the_bot_150_seconds(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.control("POST", f"{alice.path}/forge/checkout", {"seconds": 0.01})
    sandbox.clock.ahead = 149
    assert len(await sandbox.updates(confirm=False)) == 1
    sandbox.clock.ahead = 151
    assert await sandbox.updates() == []


async def test_who_has_too_few_stars_cannot_pay_and_the_bot_is_not_asked(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    await sandbox.control("POST", f"people/{alice.id}/stars", {"stars": 249})
    assert await alice.pays(message["message_id"]) == {"ok": False, "error": "not enough Stars"}
    assert await sandbox.updates() == []


async def test_the_last_stars_are_spent_once(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    await sandbox.control("POST", f"people/{alice.id}/stars", {"stars": 300})
    payments = [asyncio.ensure_future(alice.pays(message["message_id"])) for _ in range(2)]
    queries: list[str] = []
    while len(queries) < 2:
        queries += [update["pre_checkout_query"]["id"] for update in await sandbox.updates(timeout=10)]
    for query in queries:
        await sandbox.ok("answerPreCheckoutQuery", pre_checkout_query_id=query, ok=True)
    assert sorted([(await payment)["ok"] for payment in payments]) == [False, True]
    assert await alice.stars() == 50


async def test_an_invoice_with_a_start_parameter_is_not_paid_from_a_forwarded_copy(
    sandbox: Sandbox, alice: Person
) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, start_parameter="buy_1", **INVOICE)
    bob = await sandbox.person("Bob")
    copy = await alice.shares(bob, message_id=message["message_id"])
    [[button]] = copy["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/echo_bot?start=buy_1"
    refused = await sandbox.control("POST", f"{bob.path}/pay", {"message_id": copy["message_id"]}, status=400)
    assert refused["error"] == "the message has no Pay button"


async def test_without_one_anybody_pays_from_a_forwarded_copy(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    bob = await sandbox.person("Bob")
    copy = await alice.shares(bob, message_id=message["message_id"])
    assert await sandbox.updates() == []
    verdict, query = await while_asked(sandbox, bob.pays(copy["message_id"]))
    assert query["from"]["id"] == bob.id
    receipt = await asked(sandbox, "message")
    assert (receipt["chat"]["id"], receipt["from"]["id"]) == (bob.id, bob.id)
    assert (await bob.stars(), await alice.stars()) == (4750, 5000)
    assert verdict["ok"]
    again = await sandbox.ok("forwardMessage", chat_id=bob.id, from_chat_id=alice.id, message_id=message["message_id"])
    assert (await while_asked(sandbox, bob.pays(again["message_id"])))[0]["ok"]


async def test_an_invoice_cannot_be_copied_and_keeps_its_pay_button(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    where = {"chat_id": alice.id, "message_id": message["message_id"]}
    refusal = await sandbox.refusal("copyMessage", from_chat_id=alice.id, **where)
    assert refusal == "Bad Request: message can't be copied"
    refusal = await sandbox.refusal("editMessageReplyMarkup", **where, reply_markup=buttons({"Back": "back"}))
    assert refusal == "Bad Request: REPLY_MARKUP_BUY_EMPTY"
    keyboard = {"inline_keyboard": [[{"text": "Pay", "pay": True}], [{"text": "Back", "callback_data": "back"}]]}
    assert (await sandbox.ok("editMessageReplyMarkup", **where, reply_markup=keyboard))["reply_markup"] == keyboard
    assert (await while_asked(sandbox, alice.pays(message["message_id"])))[0]["ok"]


async def test_a_link_can_be_paid_by_somebody_the_bot_never_met(sandbox: Sandbox) -> None:
    link = await sandbox.ok("createInvoiceLink", **INVOICE)
    bob = await sandbox.person("Bob")
    shown = await sandbox.control("GET", f"invoices/{link.rpartition('$')[2]}")
    assert (shown["bot_id"], shown["title"], shown["total_amount"]) == (bob.bot_id, "100 credits", 250)
    paying = sandbox.control("POST", f"{bob.path}/pay", {"invoice_link": link})
    verdict, _ = await while_asked(sandbox, paying)
    assert verdict["ok"]
    assert (await asked(sandbox, "message"))["from"]["id"] == bob.id
    nonsense = {"invoice_link": "https://t.me/$nonsense"}
    await sandbox.control("POST", f"{bob.path}/pay", nonsense, status=400)


async def test_a_photo_is_fetched_for_the_page_and_not_shown_to_the_bot(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver() as receiver:
        receiver.answers_get("/a.jpg", jpeg())
        sent = await sandbox.ok("sendInvoice", chat_id=alice.id, photo_url=receiver.at("/a.jpg"), **INVOICE)
    assert sent["invoice"].keys() == {"title", "description", "start_parameter", "currency", "total_amount"}
    url = (await alice.chat())["messages"][-1]["media_url"]
    async with sandbox.session.get(sandbox.url + url) as answer:
        assert answer.content_type == "image/jpeg"


async def test_a_subscription_is_renewed_until_it_is_canceled(sandbox: Sandbox, alice: Person) -> None:
    link = await sandbox.ok("createInvoiceLink", subscription_period=2592000, **INVOICE)
    paying = sandbox.control("POST", f"{alice.path}/pay", {"invoice_link": link})
    verdict, _ = await while_asked(sandbox, paying)
    first = (await asked(sandbox, "message"))["successful_payment"]
    assert (first["is_recurring"], first["is_first_recurring"]) == (True, True)
    assert first["subscription_expiration_date"] > sandbox.clock() + 2591000
    renewal = await sandbox.control("POST", f"stars/{verdict['charge_id']}/renew", {})
    later = (await asked(sandbox, "message"))["successful_payment"]
    assert later["telegram_payment_charge_id"] == renewal["charge_id"] != verdict["charge_id"]
    assert "is_first_recurring" not in later
    await sandbox.control("POST", f"stars/{renewal['charge_id']}/cancel", {})
    canceled = await asked(sandbox, "subscription")
    assert (canceled["state"], canceled["invoice_payload"]) == ("canceled", "order_1")
    refused = await sandbox.control("POST", f"stars/{renewal['charge_id']}/renew", {}, status=400)
    assert refused["error"] == "the subscription is canceled"
    assert await alice.stars() == 4500


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"subscription_period": 86400}, "SUBSCRIPTION_PERIOD_INVALID"),
        ({"subscription_period": 2592000, "prices": [{"label": "a", "amount": 10001}]}, "STARS_INVOICE_INVALID"),
    ],
)
async def test_a_wrong_subscription_is_refused(sandbox: Sandbox, params: dict[str, Any], complaint: str) -> None:
    assert await sandbox.refusal("createInvoiceLink", **INVOICE | params) == f"Bad Request: {complaint}"


async def test_invoices_payments_and_stars_outlive_a_restart(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendInvoice", chat_id=alice.id, **INVOICE)
    link = await sandbox.ok("createInvoiceLink", **INVOICE)
    charge = await paid(sandbox, alice)
    waiting = asyncio.ensure_future(alice.pays(message["message_id"]))
    query = await asked(sandbox, "pre_checkout_query")
    await sandbox.restart()
    assert not (await waiting)["ok"]
    assert await sandbox.refusal("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True) == TOO_OLD
    assert await alice.stars() == 4750
    assert (await while_asked(sandbox, alice.pays(message["message_id"])))[0]["ok"]
    await sandbox.updates()
    paying = sandbox.control("POST", f"{alice.path}/pay", {"invoice_link": link})
    assert (await while_asked(sandbox, paying))[0]["ok"]
    await sandbox.ok("refundStarPayment", user_id=alice.id, telegram_payment_charge_id=charge)
    assert await alice.stars() == 4500
