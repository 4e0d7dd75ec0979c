"""Buying something on the sandbox's checkout page, on a phone and at a desk."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.browser.scripted import USERNAME, SandboxProcess

pytestmark = pytest.mark.browser
Json = dict[str, Any]
KEY = {"Authorization": "Bearer sk_test_browser"}


async def make_link(sandbox: SandboxProcess, **params: str) -> str:
    """Make a link for 40 credits at $4.99 with plain form fields, and return its address."""
    item = {"quantity": "1", "price_data][currency": "usd", "price_data][unit_amount": "499"}
    item |= {"price_data][product_data][name": "40 credits <b>&amp;"}
    form = {f"line_items[0][{name}]": value for name, value in item.items()} | params
    async with (
        aiohttp.ClientSession(headers=KEY) as session,
        session.post(f"{sandbox.url}/stripe/v1/payment_links", data=form) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["url"])


async def sessions(sandbox: SandboxProcess) -> list[Json]:
    url = f"{sandbox.url}/control/stripe/sessions"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return list(await answer.json())


async def test_a_phone_pays_after_its_first_card_was_declined(sandbox: SandboxProcess, phone_page: Page) -> None:
    url = await make_link(sandbox, **{"custom_text[submit][message]": "Credits come at once."})
    await phone_page.goto(f"{url}?client_reference_id=order_5&prefilled_email=buyer@example.com")
    await expect(phone_page.get_by_text("Sandbox: no real money moves")).to_be_visible()
    await expect(phone_page.get_by_role("heading")).to_have_text("40 credits <b>&amp;")
    await expect(phone_page.get_by_text("Credits come at once.")).to_be_visible()
    await expect(phone_page.get_by_label("Quantity")).to_have_count(0)
    await phone_page.get_by_label("Card number").fill("4000 0000 0000 0002")
    await phone_page.get_by_role("button", name="Pay $4.99").click()
    await expect(phone_page.get_by_role("alert")).to_have_text("Your card was declined. Try a different one.")
    await phone_page.get_by_label("Card number").fill("4242 4242 4242 4241")
    await phone_page.get_by_role("button", name="Pay $4.99").click()
    await expect(phone_page.get_by_role("alert")).to_have_text("Your card number is invalid.")
    await phone_page.get_by_role("button", name="Pay $4.99").click()
    await expect(phone_page.get_by_role("heading")).to_have_text("Thank you for your payment")
    paid = (await sessions(sandbox))[0]
    assert (paid["payment_status"], paid["client_reference_id"]) == ("paid", "order_5")
    assert paid["email"] == "buyer@example.com"


async def test_a_quantity_is_chosen_at_a_desk_and_the_sum_follows(sandbox: SandboxProcess, desktop_page: Page) -> None:
    adjustable = {"enabled": "true", "minimum": "1", "maximum": "9"}
    url = await make_link(
        sandbox, **{f"line_items[0][adjustable_quantity][{name}]": value for name, value in adjustable.items()}
    )
    await desktop_page.goto(f"{url}?locale=es")
    await desktop_page.get_by_label("Cantidad").fill("3")
    await expect(desktop_page.locator(".amount")).to_contain_text("$14.97")
    await desktop_page.get_by_label("Correo electrónico").fill("ana@example.com")
    await desktop_page.get_by_role("button", name="Pagar $14.97").click()
    await expect(desktop_page.get_by_role("heading")).to_have_text("Gracias por tu pago")
    assert (await sessions(sandbox))[0]["amount_total"] == 1497


async def test_a_bank_debit_is_on_its_way(sandbox: SandboxProcess, phone_page: Page) -> None:
    await phone_page.goto(f"{await make_link(sandbox)}?prefilled_email=b@example.com")
    await phone_page.get_by_role("button", name="A bank debit arrives").click()
    await expect(phone_page.get_by_role("heading")).to_have_text("Your payment is on its way")
    session = (await sessions(sandbox))[0]
    assert (session["status"], session["payment_status"]) == ("complete", "unpaid")


async def test_after_paying_the_buyer_is_back_in_the_chat_here(sandbox: SandboxProcess, phone_page: Page) -> None:
    back = {"type": "redirect", "redirect][url": f"https://t.me/{USERNAME}?start=paid_7"}
    url = await make_link(sandbox, **{f"after_completion[{name}]": value for name, value in back.items()})
    await phone_page.goto(f"{url}?prefilled_email=b@example.com")
    await phone_page.get_by_role("button", name="Pay $4.99").click()
    await phone_page.wait_for_url(re.compile(f"^{sandbox.url}/(?!stripe)"))


async def test_no_page_is_wider_than_the_phone(sandbox: SandboxProcess, phone_page: Page) -> None:
    url = await make_link(sandbox)
    for address in (f"{url}?locale=ru", f"{url}?locale=es"):
        await phone_page.goto(address)
        assert await phone_page.evaluate("document.documentElement.scrollWidth") <= 390
