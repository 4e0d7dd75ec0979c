"""The player in a real browser: one clip after the other without a gap, music in step, at a phone's width too."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from bot.player import SANDBOX_PAGES
from conversation.i18n import Words
from sandbox.telegram.mini_apps import launch_url
from sandbox.telegram.model import Bot, Person
from storage.database import Database
from storage.objects.local import LocalStore
from tests.browser.conftest import PATIENCE, Complaints
from tests.browser.scripted import TOKEN as SCRIPTED
from tests.browser.scripted import SandboxProcess, ScriptedBot
from tests.browser.watching import frames, gaps, look_on, offsets, order
from tests.support.auditor import audit
from tests.support.builders import create_user
from tests.support.cinema import INVITATION, Cinema, Shot, showing
from tests.support.database import execute

pytestmark = pytest.mark.browser
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "player.jpg"
FIRST_FRAME_MS, GAP_MS, OFFSET_MS = 1000, 50, 100
LINK_S = 600
LOADED = "[...document.querySelectorAll('video')].every((one) => one.buffered.length && one.buffered.end(0) > 1.9)"
SETTLED = 20
"""Looks at the music (one second) in which it may still be on its way into step."""


@pytest_asyncio.fixture(loop_scope="session")
async def cinema(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Cinema]:
    db = Database(f"sqlite+aiosqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'echoes.db')}")
    media = tmp_path / "media"
    async with showing(db, Words(), media, link_seconds=LINK_S, token=SCRIPTED, frames=SANDBOX_PAGES) as cinema:
        yield cinema
    await audit(db)
    await db.close()


async def opened(page: Page, address: str) -> Locator:
    """The player, ready to be started."""
    await look_on(page)
    await page.goto(address)
    player = page.locator("#player")
    await expect(player).to_have_attribute("data-state", "ready")
    return player


async def play(page: Page) -> None:
    await page.locator("#start").click()


async def to_the_end(player: Locator) -> None:
    await expect(player).to_have_attribute("data-state", "ended", timeout=60_000)


async def shown(page: Page) -> int:
    """The clip that can be seen."""
    return int(await page.locator(".slot.front").get_attribute("data-index") or -1)


async def becomes(page: Page, expression: str) -> None:
    """Waits until it is true. (Playwright's own way is `eval` in the page, which the page does not allow.)"""
    async with asyncio.timeout(PATIENCE / 1000):
        while not await page.evaluate(expression):  # noqa: ASYNC110 - only the page knows
            await asyncio.sleep(0.05)


async def test_clips_follow_each_other_in_order_and_without_a_gap(desktop_page: Page, cinema: Cinema) -> None:
    seconds = 1.5
    project = await cinema.project(*(Shot(photo, seconds) for photo in ("chelsea", "coffee", "astronaut") * 2))
    player = await opened(desktop_page, await cinema.address(project))
    await play(desktop_page)
    await to_the_end(player)
    seen = await frames(desktop_page)
    assert order(seen) == [0, 1, 2, 3, 4, 5]
    found = gaps(seen, seconds)
    assert len(found) == 5
    assert median(found) < GAP_MS, found
    # They were asked for in this order as well: none before its turn to wait behind the one on the screen.
    asked = [path for path, _ in cinema.answers if path.endswith(".mp4")]
    assert len(set(asked)) == len(once := dict.fromkeys(asked)) == 6
    assert list(once) == sorted(once, key=lambda path: int(Path(path).stem))
    yours = INVITATION + await cinema.share(project)
    await expect(desktop_page.locator("#yours")).to_have_attribute("href", yours)
    await desktop_page.evaluate("window.frames = []")
    await desktop_page.get_by_role("button", name="Watch again").click()
    await expect(player).to_have_attribute("data-state", "playing")
    await becomes(desktop_page, "window.frames.some((frame) => frame.shown)")
    assert (await frames(desktop_page))[0].clip == 0


async def test_the_first_frame_is_there_within_a_second(desktop_page: Page, cinema: Cinema) -> None:
    page = await cinema.address(await cinema.project(Shot("coffee", 2.0, (1280, 720))))
    await look_on(desktop_page)
    found = []
    for _ in range(3):  # what else the machine does can only add to it
        await desktop_page.goto("about:blank")
        await desktop_page.goto(page)
        await becomes(desktop_page, "window.frames.length > 0")
        found.append(await desktop_page.evaluate("window.frames[0].now"))  # since the page was asked for
    assert min(found) < FIRST_FRAME_MS, found
    await expect(desktop_page.locator("#start")).to_be_visible()


@pytest.mark.slow
async def test_music_keeps_step_for_half_a_minute(desktop_page: Page, cinema: Cinema) -> None:
    project = await cinema.project(*[Shot(photo, 5.0, sound=True) for photo in ("chelsea", "coffee", "astronaut") * 2])
    await cinema.music(project, seconds=12.0, start_s=2.0, volume=80, fade_in_s=3.0)
    player = await opened(desktop_page, await cinema.address(project))
    await play(desktop_page)
    await to_the_end(player)
    loud: list[float] = await desktop_page.evaluate("window.loud")
    assert loud[0] < 0.4 < max(loud) == 0.8
    far = await offsets(desktop_page, 5.0, start_s=2.0, track=12.0)
    assert len(far) > 200
    assert median(map(abs, far)) < OFFSET_MS / 2
    late = sorted(abs(one) for one in far[SETTLED:])
    assert late[int(len(late) * 0.95)] < OFFSET_MS, late[-20:]
    assert await desktop_page.locator("audio").evaluate("audio => audio.paused && audio.volume < 0.2")


@pytest.mark.parametrize("transition", ["cross", "fade"])
async def test_one_clip_gives_way_to_the_next_as_its_owner_chose(
    desktop_page: Page, cinema: Cinema, transition: str
) -> None:
    project = await cinema.project(Shot("chelsea", 2.0), Shot("coffee", 2.0))
    await cinema.change(project, transition=transition)
    player = await opened(desktop_page, await cinema.address(project))
    total = "0:04" if transition == "fade" else "0:03"
    await expect(desktop_page.locator("#time")).to_have_text(f"0:00 / {total}")
    await desktop_page.evaluate(
        """() => { window.seen = []; const look = () => {
            const of = (selector) => Number(getComputedStyle(document.querySelector(selector)).opacity);
            window.seen.push([of(".curtain"), of(".slot.front"), document.querySelectorAll(".slot.leaving").length]);
            requestAnimationFrame(look); }; look(); }"""
    )
    await play(desktop_page)
    await to_the_end(player)
    seen: list[tuple[float, float, int]] = await desktop_page.evaluate("window.seen")
    if transition == "fade":
        assert max(curtain for curtain, _, _ in seen) > 0.5
    else:
        assert any(0 < front < 1 and leaving for _, front, leaving in seen)
    assert (seen[-1][0], seen[-1][1]) == (0, 1)
    assert order(await frames(desktop_page)) == [0, 1]


async def test_it_is_led_by_keys(desktop_page: Page, cinema: Cinema) -> None:
    project = await cinema.project(*[Shot(photo, 12.0, rate=4) for photo in ("chelsea", "coffee", "astronaut")])
    await cinema.music(project, seconds=5.0)
    player = await opened(desktop_page, await cinema.address(project))
    press = desktop_page.keyboard.press
    await press("Space")
    await expect(player).to_have_attribute("data-state", "playing")
    await press("ArrowRight")
    await expect(desktop_page.locator("#place")).to_have_text("Clip 2 of 3")
    await press("k")
    await expect(player).to_have_attribute("data-state", "paused")
    await press("ArrowRight")
    await expect(desktop_page.locator("#place")).to_have_text("Clip 3 of 3")
    await press("ArrowLeft")
    await expect(desktop_page.locator("#place")).to_have_text("Clip 2 of 3")
    assert await shown(desktop_page) == 1
    await press("m")
    muted = "[...document.querySelectorAll('video, audio')].every((one) => one.muted)"
    assert await desktop_page.evaluate(muted)
    await expect(desktop_page.get_by_role("button", name="Sound on")).to_have_attribute("aria-pressed", "true")
    await press("f")
    await becomes(desktop_page, "document.fullscreenElement?.id === 'player'")
    await press("f")
    await becomes(desktop_page, "!document.fullscreenElement")
    bar = desktop_page.get_by_role("slider", name="Place in the film")
    box = await bar.bounding_box()
    assert box is not None
    await desktop_page.mouse.click(box["x"] + box["width"] * 0.875, box["y"] + box["height"] / 2)
    await expect(desktop_page.locator("#place")).to_have_text("Clip 3 of 3")
    await expect(bar).to_have_attribute("aria-valuetext", "Clip 3 of 3, 0:31")


async def test_it_fits_a_phone_and_is_led_by_a_finger(phone_page: Page, cinema: Cinema) -> None:
    caption = "A very long caption that somebody wrote about the one cat who came in from the snow and stayed"
    project = await cinema.project(
        Shot("coffee", 12.0, (180, 320), caption, rate=4), Shot("chelsea", 12.0, rate=4), name="Averylongname" * 4
    )
    player = await opened(phone_page, await cinema.address(project))
    assert await phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("#start", "#bar", "#toggle", "#next", "#mute", "#caption", "#title"):
        box = await phone_page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 390, name
    await play(phone_page)
    await expect(player).to_have_attribute("data-state", "playing")
    await phone_page.touchscreen.tap(195, 300)
    await expect(player).to_have_attribute("data-state", "paused")
    await swipe(phone_page, 300, 90)
    await expect(phone_page.locator("#place")).to_have_text("Clip 2 of 2")
    await swipe(phone_page, 90, 300)  # from the first two seconds of a clip: from later on it leads to its beginning
    await expect(phone_page.locator("#place")).to_have_text("Clip 1 of 2")
    await phone_page.touchscreen.tap(195, 300)
    await expect(player).to_have_attribute("data-state", "playing")
    await swipe(phone_page, 300, 90)
    await expect(phone_page.locator("#place")).to_have_text("Clip 2 of 2")


async def swipe(page: Page, start: int, end: int) -> None:
    await page.evaluate(
        """([start, end]) => {
            const stage = document.querySelector("#stage");
            const at = (kind, clientX) => stage.dispatchEvent(new PointerEvent(kind, {
                clientX, clientY: 300, isPrimary: true, bubbles: true, pointerType: "touch", button: 0 }));
            at("pointerdown", start); at("pointermove", (start + end) / 2); at("pointerup", end);
        }""",
        [start, end],
    )


async def test_links_are_asked_for_anew_while_somebody_watches(desktop_page: Page, cinema: Cinema) -> None:
    project = await cinema.project(*[Shot(photo, 2.0) for photo in ("chelsea", "coffee", "astronaut")])
    player = await opened(desktop_page, await cinema.address(project))
    await becomes(desktop_page, LOADED)
    assert isinstance(cinema.store, LocalStore)
    cinema.store._secret = b"another"  # whatever was signed until now has ended
    await desktop_page.evaluate(  # which the page expects soon
        "soon => { const now = Date.now; Date.now = () => now() + soon; }", LINK_S * 1000 * 0.8
    )
    await play(desktop_page)
    await to_the_end(player)
    assert order(await frames(desktop_page)) == [0, 1, 2]
    assert sum(path.endswith("film.json") for path, _ in cinema.answers) >= 2


async def test_a_link_that_ended_is_made_good_without_losing_the_place(
    desktop_page: Page, cinema: Cinema, complaints: Complaints
) -> None:
    complaints.expect("404", "Failed to load resource")
    project = await cinema.project(Shot("chelsea", 3.0), Shot("coffee", 3.0))
    player = await opened(desktop_page, await cinema.address(project))
    await play(desktop_page)
    await becomes(desktop_page, "document.querySelector('.slot.front video').currentTime > 0.6")
    await desktop_page.keyboard.press("k")
    place = await desktop_page.evaluate("document.querySelector('.slot.front video').currentTime")
    assert isinstance(cinema.store, LocalStore)
    cinema.store._secret = b"another"  # whatever was signed until now has ended
    await desktop_page.evaluate(
        """() => { const video = document.querySelector(".slot.front video");
            video.src += "&anew"; video.load(); }"""  # and not what the browser remembers
    )
    await becomes(desktop_page, f"document.querySelector('.slot.front video').currentTime > {place - 0.5}")
    await desktop_page.keyboard.press("k")
    await to_the_end(player)
    assert order(await frames(desktop_page)) == [0, 1]
    assert ("/media/clips", 404) in {(path[:12], status) for path, status in cinema.answers}


async def test_a_film_that_is_no_longer_shared_says_so(
    desktop_page: Page, cinema: Cinema, complaints: Complaints
) -> None:
    complaints.expect("404")
    project = await cinema.project(Shot("chelsea", 1.0))
    address = await cinema.address(project)
    await cinema.sharing.revoke(project.user_id, project.id)
    await desktop_page.goto(address)
    await expect(desktop_page.locator("#notice-words")).to_have_text("This film isn't here, or it is no longer shared.")


async def test_its_owner_watches_inside_telegram_and_a_stranger_does_not(
    phone_page: Page, cinema: Cinema, complaints: Complaints
) -> None:
    complaints.expect("404")
    alice, bob = await create_user(cinema.db), await create_user(cinema.db, "Bob")
    project = await cinema.project(Shot("chelsea", 2.0), user=alice)
    address = f"{cinema.url}/app/film/{project.id}"
    for person, name in ((alice, "Our winter"), (bob, "Echoes")):
        await phone_page.goto("about:blank")
        bot = Bot(7, SCRIPTED, "echoes", "Echoes")
        await phone_page.goto(launch_url(address, bot, Person(person.telegram_id, person.first_name), time.time()))
        await expect(phone_page.locator("#title")).to_have_text(name)
        if person is bob:
            await expect(phone_page.get_by_role("alert")).to_contain_text("This film isn't here")
        else:
            await expect(phone_page.locator("#player")).not_to_have_attribute("data-state", "loading")
    await phone_page.goto("about:blank")
    await phone_page.goto(address)
    await expect(phone_page.locator("#notice-words")).to_have_text("Open this film with the button in the chat.")


async def test_the_button_in_the_chat_opens_it_over_the_chat(
    desktop_page: Page, cinema: Cinema, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    user = await create_user(cinema.db, "Alex")
    project = await cinema.project(Shot("chelsea", 1.0), Shot("coffee", 1.0), user=user)
    await execute(cinema.db, "UPDATE users SET telegram_id = :alex", alex=alex)
    watch = {"text": "▶️ Watch", "web_app": {"url": f"{cinema.url}/app/film/{project.id}"}}
    await bot.call("sendMessage", chat_id=alex, text="Your film", reply_markup={"inline_keyboard": [[watch]]})
    await desktop_page.goto(sandbox.url)
    await desktop_page.get_by_role("button", name="Watch").click()
    film = desktop_page.frame_locator(".mini-app-page")
    await expect(film.locator("#title")).to_have_text("Our winter")
    await expect(film.locator("#player")).to_have_attribute("data-state", "ended")  # begun by itself
    await desktop_page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(desktop_page.get_by_role("dialog")).to_have_count(0)


async def test_its_picture_for_the_readme(desktop_page: Page, cinema: Cinema) -> None:
    drawn = bool(os.environ.get("ECHOES_PICTURES"))  # the committed picture changes only when it is meant to
    size = (1280, 720) if drawn else (320, 180)
    project = await cinema.project(
        Shot("coffee", 4.0, size, "Breakfast, half past nine"),
        Shot("chelsea", 4.0, size, "The cat who came to stay"),
        Shot("astronaut", 4.0, size),
        name="A slow winter",
    )
    player = await opened(desktop_page, await cinema.address(project))
    await play(desktop_page)
    await desktop_page.keyboard.press("ArrowRight")
    await expect(desktop_page.locator("#caption")).to_have_text("The cat who came to stay")
    await becomes(desktop_page, "document.querySelector('.slot.front video').currentTime > 1")
    await desktop_page.mouse.move(640, 300)
    await expect(player).not_to_contain_class("quiet")
    if drawn:
        await desktop_page.screenshot(path=PICTURE, quality=85)
