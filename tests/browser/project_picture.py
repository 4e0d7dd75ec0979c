"""Draws the README's picture of a project in the chat: `python -m tests.browser.project_picture`.

No test needs this much of a film, so none makes it: three photos become a project, with its card and its clips.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Page, async_playwright, expect

from tests.browser.conftest import FLAGS, PHONE, browser_path
from tests.browser.test_story import RENDER_MS, begin, button, prompt, write
from tests.support.photographs import Name, jpeg
from tests.support.world import World, running

PICTURE: Final = Path(__file__).parents[2] / "docs" / "images" / "project.jpg"
PHOTOS: Final[tuple[Name, ...]] = ("coffee", "chelsea", "astronaut")
NAME: Final = "A slow winter"
SIZE: Final = {"width": 390, "height": 950}
"""A phone that is tall enough for both."""


async def approve_an_album(page: Page, folder: Path) -> None:
    photos = [folder / f"{name}.jpg" for name in PHOTOS]
    for name, photo in zip(PHOTOS, photos, strict=True):
        photo.write_bytes(jpeg(name))
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Attach").click()
    await (await chooser.value).set_files(photos)
    await page.locator("#send-files").click()
    await expect(button(page, "Generate all")).to_be_visible()
    await prompt(page, "slow zoom in, soft light")
    await button(page, "Generate all").click()
    await button(page, "Approve all").click(timeout=RENDER_MS * len(PHOTOS))


async def show_the_project(page: Page) -> None:
    await button(page, "Name it").click()
    await expect(page.get_by_role("log").get_by_text("Send me the new name")).to_be_visible()
    await write(page, NAME)
    await expect(page.get_by_role("log").get_by_text(f"The project is called {NAME}")).to_be_visible()
    await write(page, "/projects")
    await button(page, NAME).click()
    await button(page, "🎞 Clips").click()
    await expect(page.get_by_role("log").get_by_text("Tap a number to change that clip.")).to_be_visible()
    await button(page, "‹ Project").scroll_into_view_if_needed()
    await page.locator("img:visible").last.evaluate("picture => picture.decode()")
    await page.mouse.move(0, 0)
    await expect(page.locator("#toasts .toast")).to_have_count(0)


async def draw(world: World, folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(playwright), args=FLAGS)
        context = await browser.new_context(locale="en-GB", device_scale_factor=2, **PHONE | {"viewport": SIZE})
        page = await context.new_page()
        await begin(page, world)
        await approve_an_album(page, folder)
        await show_the_project(page)
        await asyncio.sleep(1)  # until the page has come to rest at its end
        await page.screenshot(path=PICTURE, quality=80)
        await browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as world:
        asyncio.run(draw(world, Path(name)))


if __name__ == "__main__":
    main()
