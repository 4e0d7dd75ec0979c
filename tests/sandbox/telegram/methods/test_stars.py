"""The bot's Stars: paid back once and whole, listed in order, and what a test forges."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import Json, Person, Sandbox
from tests.sandbox.paying import INVOICE, asked, paid, while_asked


async def test_a_payment_is_given_back_once(sandbox: Sandbox, alice: Person) -> None:
    charge = await paid(sandbox, alice)
    refund = {"user_id": alice.id, "telegram_payment_charge_id": charge}
    begin = (await alice.chat())["last_event"]
    assert await sandbox.ok("refundStarPayment", **refund) is True
    assert (await alice.hears(lambda kind, _: kind == "stars", begin))["stars"] == 5000
    message = await asked(sandbox, "message")
    assert message["from"]["is_bot"]
    assert message["refunded_payment"] == {
        "currency": "XTR",
        "total_amount": 250,
        "invoice_payload": "order_1",
        "telegram_payment_charge_id": charge,
    }
    assert await alice.stars() == 5000
    assert await sandbox.ok("getMyStarBalance") == {"amount": 0}
    assert await sandbox.refusal("refundStarPayment", **refund) == "Bad Request: CHARGE_ALREADY_REFUNDED"
    assert await alice.stars() == 5000


async def test_what_was_not_paid_cannot_be_given_back(sandbox: Sandbox, alice: Person) -> None:
    charge, bob = await paid(sandbox, alice), await sandbox.person("Bob")
    wrong = [
        ({"user_id": alice.id, "telegram_payment_charge_id": "stx"}, "CHARGE_NOT_FOUND"),
        ({"user_id": bob.id, "telegram_payment_charge_id": charge}, "CHARGE_NOT_FOUND"),
        ({"user_id": alice.id, "telegram_payment_charge_id": ""}, "CHARGE_ID_EMPTY"),
        ({"user_id": 7, "telegram_payment_charge_id": charge}, "user not found"),
    ]
    for params, complaint in wrong:
        assert await sandbox.refusal("refundStarPayment", **params) == f"Bad Request: {complaint}"


async def test_transactions_are_listed_in_order_and_in_pages(sandbox: Sandbox, alice: Person) -> None:
    charges = [await paid(sandbox, alice, payload=f"order_{number}") for number in range(3)]
    await sandbox.ok("refundStarPayment", user_id=alice.id, telegram_payment_charge_id=charges[0])
    listed = (await sandbox.ok("getStarTransactions"))["transactions"]
    assert [one["id"] for one in listed] == [*charges, charges[0]]
    partner = listed[0]["source"]
    assert (partner["type"], partner["transaction_type"]) == ("user", "invoice_payment")
    assert (partner["user"]["id"], partner["invoice_payload"]) == (alice.id, "order_0")
    assert "source" not in listed[3]
    assert listed[3]["receiver"]["invoice_payload"] == "order_0"
    assert {one["amount"] for one in listed} == {250}
    page = (await sandbox.ok("getStarTransactions", offset=1, limit=2))["transactions"]
    assert page == listed[1:3]
    assert (await sandbox.ok("getStarTransactions", offset=4))["transactions"] == []


async def test_telegram_takes_back_what_an_app_store_reclaimed(sandbox: Sandbox, alice: Person) -> None:
    charge = await paid(sandbox, alice)
    await sandbox.control("POST", f"stars/{charge}/refund", {})
    assert (await asked(sandbox, "message"))["refunded_payment"]["telegram_payment_charge_id"] == charge
    refused = await sandbox.control("POST", f"stars/{charge}/refund", {}, status=400)
    assert refused["error"] == "CHARGE_ALREADY_REFUNDED"
    await sandbox.control("POST", "stars/nonsense/refund", {}, status=404)


async def test_a_forged_payment_reaches_the_bot_but_no_ledger(sandbox: Sandbox, alice: Person) -> None:
    forged = {"total_amount": 5, "invoice_payload": "order_1", "telegram_payment_charge_id": "mine"}
    await sandbox.control("POST", f"{alice.path}/forge/payment", forged)
    receipt = (await asked(sandbox, "message"))["successful_payment"]
    assert receipt["currency"] == "XTR"
    assert receipt | forged == receipt
    assert await sandbox.ok("getStarTransactions") == {"transactions": []}
    assert await alice.stars() == 5000


async def test_a_forged_question_moves_nothing_whatever_the_bot_says(sandbox: Sandbox, alice: Person) -> None:
    altered: Json = {"currency": "USD", "total_amount": 1, "invoice_payload": "order_of_bob"}
    forging = sandbox.control("POST", f"{alice.path}/forge/checkout", altered)
    verdict, query = await while_asked(sandbox, forging)
    assert verdict == {"ok": True}
    assert query | altered == query
    assert await sandbox.updates() == []
    assert await alice.stars() == 5000


async def test_a_subscription_ends_when_the_bot_says_so(sandbox: Sandbox, alice: Person) -> None:
    link = await sandbox.ok("createInvoiceLink", subscription_period=2592000, **INVOICE)
    paying = sandbox.control("POST", f"{alice.path}/pay", {"invoice_link": link})
    charge = (await while_asked(sandbox, paying))[0]["charge_id"]
    which = {"user_id": alice.id, "telegram_payment_charge_id": charge}
    assert await sandbox.ok("editUserStarSubscription", **which, is_canceled=True) is True
    await sandbox.control("POST", f"stars/{charge}/renew", {}, status=400)
    assert await sandbox.ok("editUserStarSubscription", **which, is_canceled=False) is True
    assert (await sandbox.control("POST", f"stars/{charge}/renew", {}))["ok"]
    [paid_for] = (await sandbox.ok("getStarTransactions", limit=1))["transactions"]
    assert paid_for["source"]["subscription_period"] == 2592000
    sandbox.clock.ahead = 2592001
    refusal = await sandbox.refusal("editUserStarSubscription", **which, is_canceled=True)
    assert refusal == "Bad Request: SUBSCRIPTION_NOT_ACTIVE"


async def test_only_a_subscription_can_be_ended(sandbox: Sandbox, alice: Person) -> None:
    which = {"user_id": alice.id, "telegram_payment_charge_id": await paid(sandbox, alice)}
    refusal = await sandbox.refusal("editUserStarSubscription", **which, is_canceled=True)
    assert refusal == "Bad Request: CHARGE_ID_INVALID"


@pytest.mark.parametrize(("body", "complaint"), [({"stars": -1}, "below 0"), ({}, "missing"), ({"stars": "5"}, "type")])
async def test_stars_are_a_whole_number(sandbox: Sandbox, alice: Person, body: Json, complaint: str) -> None:
    refused = await sandbox.control("POST", f"people/{alice.id}/stars", body, status=400)
    assert complaint in refused["error"]


@pytest.mark.parametrize("body", [{}, {"message_id": 1, "invoice_link": "t.me/$x"}, {"message_id": 1}])
async def test_only_an_invoice_can_be_paid(sandbox: Sandbox, alice: Person, body: Json) -> None:
    await sandbox.control("POST", f"{alice.path}/pay", body, status=400)
