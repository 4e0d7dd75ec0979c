"""Paying in Stars and sending things to friends on the chat page, and Telegram's own addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scripted import BOT_ID, USERNAME, Json, SandboxProcess, ScriptedBot
from tests.browser.test_chat_page import bubble, settled
from tests.support import photographs

pytestmark = pytest.mark.browser

INVOICE: Json = {
    "title": "100 credits",
    "description": "About ten clips",
    "payload": "order_1",
    "currency": "XTR",
    "prices": [{"label": "100 credits", "amount": 250}],
}


def buttons(**actions: Any) -> Json:
    """An inline keyboard with one button for each action, named by its text."""
    return {"inline_keyboard": [[{"text": text} | action] for text, action in actions.items()]}


async def stop_the_clock(page: Page) -> None:
    """For the page alone: what leaves it by itself after seconds, which a busy machine may need to look, stays."""
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))


async def allow(bot: ScriptedBot) -> None:
    query = await bot.next("pre_checkout_query")
    await bot.call("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)


async def test_a_refusal_is_read_out_and_a_payment_is_celebrated(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.call("sendInvoice", chat_id=alex, **INVOICE)
    await phone_page.goto(sandbox.url)
    await expect(bubble(phone_page, "100 credits")).to_contain_text("About ten clips")
    await phone_page.get_by_role("button", name="Pay ⭐ 250").click()
    sheet = phone_page.get_by_role("dialog", name="Pay with Stars")
    await expect(sheet).to_contain_text("5,000")
    await sheet.get_by_role("button", name="Confirm and pay").click()
    await expect(sheet.get_by_role("button", name="Asking")).to_be_disabled()
    query = await bot.next("pre_checkout_query")
    refusal = {"pre_checkout_query_id": query["id"], "ok": False, "error_message": "This offer has ended."}
    await bot.call("answerPreCheckoutQuery", **refusal)
    await expect(sheet.get_by_role("alert")).to_contain_text("This offer has ended.")
    await stop_the_clock(phone_page)
    await sheet.get_by_role("button", name="Confirm and pay").click()
    await allow(bot)
    await expect(sheet.get_by_role("heading", name="Paid")).to_be_visible()
    await sheet.get_by_role("button", name="Done").click()
    await expect(sheet).to_have_count(0)
    charge = (await bot.next("message"))["successful_payment"]["telegram_payment_charge_id"]
    await expect(phone_page.locator(".service", has_text="You paid 250")).to_be_in_viewport()
    await bot.call("refundStarPayment", user_id=alex, telegram_payment_charge_id=charge)
    await bot.next("message")
    await expect(phone_page.locator(".service", has_text="You got back 250")).to_be_visible()
    assert (await bot.control("GET", f"people/{alex}/stars"))["stars"] == 5000


async def test_who_has_too_few_stars_gets_more(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.control("POST", f"people/{alex}/stars", {"stars": 249})
    await bot.call("sendInvoice", chat_id=alex, **INVOICE)
    await desktop_page.goto(sandbox.url)
    await desktop_page.get_by_role("button", name="Pay ⭐ 250").click()
    sheet = desktop_page.get_by_role("dialog", name="Pay with Stars")
    await expect(sheet.get_by_role("alert")).to_contain_text("Not enough Stars")
    await sheet.get_by_role("button", name="Get 5,000 for free").click()
    await expect(sheet).to_contain_text("5,249")
    await sheet.get_by_role("button", name="Confirm and pay").click()
    await allow(bot)
    assert (await bot.next("message"))["successful_payment"]["total_amount"] == 250


async def test_a_link_to_an_invoice_can_be_paid_on_the_page(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    link = await bot.call("createInvoiceLink", **INVOICE)
    await bot.call("sendMessage", chat_id=alex, text="Buy", reply_markup=buttons(Offer={"url": link}))
    await desktop_page.goto(f"{sandbox.url}/{link.removeprefix('https://')}")
    await expect(desktop_page.get_by_role("dialog", name="Pay with Stars")).to_contain_text("100 credits")
    await desktop_page.keyboard.press("Escape")
    await desktop_page.get_by_role("button", name="Offer").click()
    await desktop_page.get_by_role("button", name="Confirm and pay").click()
    await allow(bot)
    assert (await bot.next("message"))["successful_payment"]["invoice_payload"] == "order_1"


async def test_a_long_offer_fits_a_phone(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    price = [{"label": "x", "amount": 100_000}]
    await bot.call(
        "sendInvoice", chat_id=alex, **INVOICE | {"title": "W" * 32, "description": "W" * 255, "prices": price}
    )
    await phone_page.goto(sandbox.url)
    await phone_page.get_by_role("button", name="Pay ⭐ 100000").click()
    await expect(phone_page.get_by_role("alert")).to_contain_text("Not enough Stars")
    for place in ("html", "#scroller", ".pay-sheet", ".pay-body", ".pay-actions"):
        fits = "element => element.scrollWidth <= element.clientWidth"
        assert await phone_page.locator(place).evaluate(fits), place
    edges = "all => all.every((one) => one.getBoundingClientRect().right <= innerWidth)"
    assert await phone_page.locator(".bubble, .key, .pay-sheet *").evaluate_all(edges)


async def test_a_result_is_chosen_and_sent_to_a_friend(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.control("POST", "people", {"first_name": "María"})
    photo = await bot.call("sendPhoto", chat_id=alex, photo=("p.jpg", photographs.jpeg("coffee")))
    share = buttons(Share={"switch_inline_query": "film"})
    await bot.call("sendMessage", chat_id=alex, text="Your film", reply_markup=share)
    await phone_page.goto(sandbox.url)
    await settled(phone_page)
    await phone_page.get_by_role("button", name="Share").click()
    query = await bot.next("inline_query")
    assert (query["query"], query["chat_type"]) == ("film", "private")
    file_id = photo["photo"][-1]["file_id"]
    watch = buttons(Watch={"url": f"https://t.me/{USERNAME}?start=p_1"})
    film = {"type": "photo", "id": "1", "photo_file_id": file_id, "title": "Our summer", "reply_markup": watch}
    await bot.call("answerInlineQuery", inline_query_id=query["id"], results=[film], cache_time=0)
    await phone_page.get_by_role("button", name="Our summer").click()
    await phone_page.get_by_role("dialog", name="Send to").get_by_role("button", name="María").click()
    await expect(phone_page.get_by_text("Sent to María")).to_be_visible()
    await phone_page.get_by_label("Back to the chats").click()
    await phone_page.get_by_role("button", name="Become María, 1 unread").click()
    # Her chat is loaded and the list drawn anew before she opens it, which loads it once more and reads it.
    await expect(phone_page.locator(".sender")).to_have_text(f"Alexvia @{USERNAME}")
    await expect(phone_page.get_by_role("button", name="You are María, press to change")).to_be_visible()
    await phone_page.get_by_role("list", name="Chats").get_by_role("button").click()
    await expect(phone_page.locator("#chats .badge")).to_be_hidden()
    await expect(phone_page.locator(".sender")).to_have_text(f"Alexvia @{USERNAME}")
    await expect(phone_page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await phone_page.get_by_role("button", name="Watch").click()
    assert (await bot.next("message"))["text"] == "/start p_1"


async def test_a_result_for_this_chat_is_a_message_to_the_bot(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    here = buttons(Find={"switch_inline_query_current_chat": ""})
    await bot.call("sendMessage", chat_id=alex, text="Which?", reply_markup=here)
    await desktop_page.goto(sandbox.url)
    await desktop_page.get_by_role("button", name="Find").click()
    query = await bot.next("inline_query")
    assert (query["query"], query["chat_type"]) == ("", "sender")
    await bot.call("answerInlineQuery", inline_query_id=query["id"], results=[], cache_time=0)
    await expect(desktop_page.get_by_text("Nothing found")).to_be_visible()
    await desktop_page.get_by_label("Ask").fill("second")
    query = await bot.next("inline_query")
    content = {"message_text": "The second"}
    found = {"type": "article", "id": "2", "title": "Second", "input_message_content": content}
    await bot.call("answerInlineQuery", inline_query_id=query["id"], results=[found], cache_time=0)
    await desktop_page.get_by_role("button", name="Second").click()
    message = await bot.next("message")
    assert (message["text"], message["via_bot"]["id"]) == ("The second", BOT_ID)


async def test_a_share_link_asks_whom_to_send_to_and_a_friend_can_be_made_up(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    address = f"https://t.me/share/url?url=https%3A%2F%2Ft.me%2F{USERNAME}%3Fstart%3Dref_7&text=Try%20this"
    await bot.call("sendMessage", chat_id=alex, text="Invite", reply_markup=buttons(Invite={"url": address}))
    await desktop_page.goto(sandbox.url)
    await desktop_page.get_by_role("button", name="Invite", exact=True).click()
    await desktop_page.get_by_role("button", name="Somebody new").click()
    await desktop_page.get_by_label("First name").fill("Bob")
    await desktop_page.get_by_role("button", name="Add", exact=True).click()
    await expect(desktop_page.get_by_text("Sent to Bob")).to_be_visible()
    await desktop_page.get_by_role("button", name="Become Bob, 1 unread").click()
    await desktop_page.get_by_role("link", name="start=ref_7").click()
    start = await bot.next("message")
    assert (start["text"], start["from"]["first_name"]) == ("/start ref_7", "Bob")


async def test_a_message_is_forwarded_to_a_friend(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.control("POST", "people", {"first_name": "María"})
    await bot.call("sendMessage", chat_id=alex, text="Good news")
    await desktop_page.goto(sandbox.url)
    await settled(desktop_page)
    await bubble(desktop_page, "Good news").click(button="right")
    await desktop_page.get_by_role("menuitem", name="Forward").click()
    await desktop_page.get_by_role("dialog", name="Forward to").get_by_role("button", name="María").click()
    await desktop_page.get_by_role("button", name="Become María, 1 unread").click()
    await expect(bubble(desktop_page, "Good news")).to_contain_text("Forwarded from")


async def test_telegram_s_address_opens_the_bot_and_other_addresses_a_new_tab(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(f"{sandbox.url}/t.me/{USERNAME}?start=paid_1")
    assert (await bot.next("message"))["text"] == "/start paid_1"
    elsewhere = buttons(Card={"url": f"{sandbox.url}/favicon.svg"})
    await bot.call("sendMessage", chat_id=alex, text="Pay by card", reply_markup=elsewhere)
    async with desktop_page.context.expect_page() as opened:
        await desktop_page.get_by_role("button", name="Card", exact=True).click()
    await expect(await opened.value).to_have_url(f"{sandbox.url}/favicon.svg")
    await expect(bubble(desktop_page, "Pay by card")).to_be_visible()
