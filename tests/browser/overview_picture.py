"""Draws the picture of docs/operating.md, the overview in an owner's chat: `python -m tests.browser.overview_picture`.

No test needs a month of figures, so none makes it.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.busy_month import fill
from tests.browser.conftest import FLAGS, PHONE, browser_path
from tests.browser.test_story import button, write
from tests.support.crew import Crew, open_crew

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "overview.jpg"
SIZE: Final = {"width": 390, "height": 1035}
"""A phone that is tall enough for all of it."""


async def open_as_owner(browser: Browser, crew: Crew, options: dict[str, Any]) -> Page:
    context = await browser.new_context(locale="en-GB", **options)
    await context.add_init_script(f"localStorage.setItem('echoes.person', '{crew.olga.id}')")
    page = await context.new_page()
    await page.goto(f"{crew.world.url}/t.me/EchoesTestBot")
    return page


async def show_the_overview(page: Page) -> None:
    await write(page, "/overview")
    await expect(page.get_by_role("log").get_by_text("📊 Overview").last).to_be_visible()
    await button(page, "30 days").click()
    await expect(button(page, "✓ 30 days")).to_be_visible()
    await rest(page)


async def rest(page: Page) -> None:
    """Until the page has come to its end, with its picture."""
    await page.locator("img:visible").last.evaluate("picture => picture.decode()")
    await page.mouse.move(0, 0)
    await expect(page.locator("#toasts .toast")).to_have_count(0)
    await asyncio.sleep(1)


async def draw(folder: Path) -> None:
    async with open_crew(folder) as crew, async_playwright() as playwright:
        fill(crew.world.var / "echoes.db")
        browser = await playwright.chromium.launch(executable_path=browser_path(playwright), args=FLAGS)
        page = await open_as_owner(browser, crew, {"device_scale_factor": 2, **PHONE, "viewport": SIZE})
        await show_the_overview(page)
        await page.screenshot(path=PICTURE, quality=70)
        await browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(draw(Path(name)))


if __name__ == "__main__":
    main()
