"""The main job by hand, in a real browser: from an empty chat to a clip in a project. It draws the README's picture."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.test_chat_page import wait_until_played
from tests.support.photographs import jpeg
from tests.support.world import World

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "chat.jpg"
RENDER_MS = 40_000


async def begin(page: Page, world: World) -> None:
    """Open the page as somebody who has never been here, and press Start."""
    await page.goto(world.url)
    await page.locator("#dock, .empty").get_by_role("button", name="Start").first.click()
    await expect(page.get_by_role("log").get_by_text("I turn your photos into short clips")).to_be_visible()


async def send_photo(page: Page, photo: Path) -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Attach").click()
    await (await chooser.value).set_files(photo)
    await page.locator("#send-files").click()
    await expect(button(page, "Generate")).to_be_visible()
    await expect(page.locator("#pending .row")).to_have_count(0)


async def write(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    await box.fill(text)
    await box.press("Enter")


async def prompt(page: Page, text: str) -> None:
    """Write what should happen. The card above changes by it, and with it where its buttons are."""
    await write(page, text)
    await expect(page.locator(".row.theirs", has_text=text)).to_be_visible()


def button(page: Page, name: str) -> Locator:
    """The last in the chat: its entry in the list of chats is a button as well, which says what was said last."""
    return page.get_by_role("log").get_by_role("button", name=name).last


async def moment(video: Locator) -> float:
    return float(await video.evaluate("video => video.currentTime"))


async def story(page: Page, world: World, photo: Path, *, long: bool) -> None:
    await begin(page, world)
    await send_photo(page, photo)
    await prompt(page, "slow zoom in, soft snow")
    if long:
        await button(page, "10 s").click()
    await button(page, "Generate · 2 credits" if long else "Generate · 1 credit").click()
    await expect(page.get_by_role("log").get_by_text("Making your clip").last).to_be_visible()
    await expect(button(page, "Cancel")).to_be_visible()
    video = page.locator("video").last
    await expect(video).to_be_visible(timeout=RENDER_MS)
    await video.scroll_into_view_if_needed()
    await video.evaluate("video => { video.muted = true; return video.play(); }")
    await wait_until_played(video)
    # The card above says so in its own time, and gets shorter.
    await expect(page.get_by_role("log").get_by_text("Your clip is below")).to_be_visible()
    await button(page, "Approve").click()
    await expect(page.get_by_role("log").get_by_text("In “Project 1” · clip 1")).to_be_visible()


async def test_the_story_at_desktop_width(desktop_page: Page, own_world: World, tmp_path: Path) -> None:
    photo = tmp_path / "cat.jpg"
    photo.write_bytes(jpeg())
    await story(desktop_page, own_world, photo, long=True)
    if os.environ.get("ECHOES_PICTURES"):  # the committed picture changes only when it is meant to
        await desktop_page.screenshot(path=PICTURE, quality=85)
    # Said by the worker in its own time: it would move the button away under the finger.
    await expect(desktop_page.get_by_role("log").get_by_text("Your first clip is in")).to_be_visible()
    await write(desktop_page, "/projects")
    await button(desktop_page, "Project 1").click()
    await expect(desktop_page.get_by_role("log").get_by_text("Approved clips go here.")).to_be_visible()
    await button(desktop_page, "Watch").click()
    film = desktop_page.frame_locator(".mini-app-page")
    await expect(film.locator("#title")).to_have_text("Project 1")
    await expect(film.locator("#player")).to_have_attribute("data-state", "playing")
    async with asyncio.timeout(RENDER_MS / 1000):
        while await moment(film.locator(".slot.front video")) < 0.5:  # noqa: ASYNC110 - only the page knows
            await asyncio.sleep(0.05)


async def test_the_story_at_phone_width_with_a_photo_that_lies_on_its_side(
    phone_page: Page, own_world: World, tmp_path: Path
) -> None:
    photo = tmp_path / "coffee.jpg"
    photo.write_bytes(jpeg("coffee", orientation=6))
    await story(phone_page, own_world, photo, long=False)
    video = phone_page.locator("video").last
    assert await video.evaluate("video => [video.videoWidth, video.videoHeight]") == [720, 1280]
    width = await phone_page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
