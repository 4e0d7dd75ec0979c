"""Running short of credits by hand, in a real browser: to the payment page, back to the chat, and on to the clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_chat_payments import stop_the_clock
from tests.browser.test_story import RENDER_MS, begin, button, prompt, send_photo, write
from tests.support.person import eventually
from tests.support.photographs import jpeg
from tests.support.world import HASTY, World, free_port, running


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    """A world where newcomers have one credit, and which buyers come back to from the payment page."""
    port = str(free_port())
    address = {"WEB_PORT": port, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with running(tmp_path, SIGNUP_CREDITS="1", PAYMENT_RAILS="stripe,stars", **address, **HASTY) as world:
        yield world


async def story(page: Page, world: World, photo: Path) -> None:
    photo.write_bytes(jpeg())
    await eventually(lambda: world.rows("SELECT count(*) FROM pack_links WHERE active") == [(3,)], "payment links")
    log = page.get_by_role("log")
    await begin(page, world)
    await send_photo(page, photo)
    await prompt(page, "slow zoom in, soft snow")
    await button(page, "10 s").click()
    await button(page, "Get credits").click()
    await button(page, "💳 $4.99").click()
    async with page.expect_popup() as opened:
        await button(page, "Pay $4.99").click()
    checkout = await opened.value
    await checkout.get_by_label("E-mail").fill("alex@example.com")
    await checkout.get_by_role("button", name="Pay $4.99").click()
    # Back in the chat, in the tab of the payment page, and told in both.
    await expect(checkout.get_by_role("log").get_by_text("Your clip is one tap away")).to_be_visible()
    await checkout.close()
    await expect(log.get_by_text("You have 11 credits now.")).to_be_visible()
    # By a key: what the bot still says of the order would move the button away under the finger.
    await button(page, "Generate · 2 credits").press("Enter")
    video = page.locator("video").last
    await expect(video).to_be_visible(timeout=RENDER_MS)
    await expect(log.get_by_text("9 left")).to_be_visible()


async def test_short_of_credits_on_a_phone(phone_page: Page, shop: World, tmp_path: Path) -> None:
    await story(phone_page, shop, tmp_path / "cat.jpg")
    assert await phone_page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_stars_are_paid_without_leaving_the_chat(desktop_page: Page, shop: World) -> None:
    await begin(desktop_page, shop)
    await write(desktop_page, "/buy")
    await button(desktop_page, "⭐ 250").click()
    await desktop_page.get_by_role("button", name="Pay ⭐ 250").click()
    sheet = desktop_page.get_by_role("dialog", name="Pay with Stars")
    await stop_the_clock(desktop_page)
    await sheet.get_by_role("button", name="Confirm and pay").click()
    await sheet.get_by_role("button", name="Done").click()
    await expect(desktop_page.get_by_role("log").get_by_text("You have 11 credits now.")).to_be_visible()
