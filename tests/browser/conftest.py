"""A real browser at two widths. What the page complains about, and what it asks of the outside, fails the test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    async_playwright,
    expect,
)

from tests.browser.scripted import BOT_ID, SandboxProcess, ScriptedBot, running_sandbox
from tests.conftest import CLOSED_PORT

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
HOW_TO_INSTALL = (
    "no browser found; one of these installs it: `.venv/bin/playwright install chromium` or `apt-get install chromium`"
)
# Chromium 156 loads the pages of its address bar's pop-up for every window: as much work as the page of a test. The
# others are what Playwright leaves out; Chromium heeds only the last list it is given.
LEFT_OUT = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"]
LEFT_OUT += ["AimEnabled", "LensOverlay", "MediaRouter", "OptimizationHints", "PreconnectToSearch", "Translate"]
LEFT_OUT += ["HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "NetworkTimeServiceQuerying", "PaintHolding"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(LEFT_OUT)}",
    # Whatever is not on this machine is asked of a port where nobody listens. (To stop each request and ask the test
    # instead costs as much as loading the page.)
    f"--proxy-server={CLOSED_PORT}",
]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PATIENCE = 25_000  # milliseconds an action or expectation of Playwright may take; CI machines are slow and shared
expect.set_options(timeout=PATIENCE)
LOOPBACK = {"127.0.0.1", "localhost", "::1", "[::1]"}


def browser_path(playwright: Playwright) -> str | None:
    """The installed browser's path, None for Playwright's own; fails the test where there is neither."""
    if installed := next(filter(None, map(shutil.which, INSTALLED)), None):
        return installed
    if Path(playwright.chromium.executable_path).exists():
        return None
    pytest.fail(HOW_TO_INSTALL)


def is_outside(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob", "about") and parts.hostname not in LOOPBACK


class Complaints:
    """Everything that went wrong on a page. A test that causes an outage on purpose calls `expect`."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._expected: tuple[str, ...] = ()

    def expect(self, *words: str) -> None:
        """Let complaints pass that contain one of these words."""
        self._expected += words

    def listen(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"uncaught: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _asked(self, request: Request) -> None:
        if is_outside(request.url):
            self.heard.append(f"reached out: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A browser gives up a media or event request by itself when it has enough of it or leaves the page.
        if request.failure != "net::ERR_ABORTED" or is_outside(request.url):
            self.heard.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.heard.append(f"{response.status}: {response.url}")

    def unexpected(self) -> list[str]:
        return [one for one in self.heard if not any(word in one for word in self._expected)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and isinstance(item, pytest.Function):
            # One browser serves all tests, so all of them must run on the event loop it was started on.
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            # Pages open last and so close first: what a page still asks is answered, not refused by a world that ended.
            item.fixturenames.sort(key=lambda name: name in ("phone_page", "desktop_page"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(playwright), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@asynccontextmanager
async def page_of(browser: Browser, complaints: Complaints, options: dict[str, Any]) -> AsyncIterator[Page]:
    """A page in a profile of its own; on leaving, nothing must have gone wrong on it."""
    context = await browser.new_context(locale="en-GB", **options)
    context.set_default_timeout(PATIENCE)
    complaints.listen(context)
    yield await context.new_page()
    await context.close()
    assert complaints.unexpected() == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone_page(browser: Browser, complaints: Complaints) -> AsyncIterator[Page]:
    async with page_of(browser, complaints, PHONE) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def desktop_page(browser: Browser, complaints: Complaints) -> AsyncIterator[Page]:
    async with page_of(browser, complaints, DESKTOP) as page:
        yield page


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SandboxProcess]:
    async with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: SandboxProcess) -> AsyncIterator[ScriptedBot]:
    """A bot nobody has written to yet."""
    await sandbox.start()  # a test that stopped it may have failed before it started it again
    async with aiohttp.ClientSession() as session:
        bot = ScriptedBot(session, sandbox.url)
        await bot.begin_anew()
        yield bot


@pytest_asyncio.fixture(loop_scope="session")
async def alex(bot: ScriptedBot) -> int:
    """The person at the keyboard, who has started the bot."""
    person = await bot.control("POST", "people", {"first_name": "Alex", "language_code": "en"})
    await bot.control("POST", f"chats/{BOT_ID}/{person['id']}/messages", {"text": "/start"})
    await bot.next("message")
    return int(person["id"])
