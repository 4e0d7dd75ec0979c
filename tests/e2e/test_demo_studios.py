"""In a demo: cards are taken, and another vendor is chosen on the page while the chat goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.demo import BOT_ID
from tests.e2e.test_commands import demo
from tests.e2e.test_story import drafted
from tests.support.person import PATIENCE, Person, buttons
from tests.support.world import free_port


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo keeps everything."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def url(var: Path) -> Iterator[str]:
    """The demo's address. It is told to stop whatever happens: killed, it would leave its parts behind."""
    port = free_port()
    with demo(var, port) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.strip())
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate(timeout=30)


async def test_it_takes_cards(var: Path, url: str, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{url}/control/stripe/endpoints") as answer:
        (endpoint,) = await answer.json()

    assert endpoint["url"].endswith("/stripe/webhook")
    for secret in ("token", "stripe-key", "stripe-webhook"):
        assert (var / f"demo-{secret}").stat().st_mode & 0o077 == 0


async def test_a_chat_goes_on_with_another_studio(var: Path, url: str, session: aiohttp.ClientSession) -> None:
    alice = await Person.arrive(session, url, BOT_ID)
    card = await drafted(alice)
    assert "Wan" not in [label for label, _ in buttons(card)]

    await choose(session, url, "modal")
    await alice.tap(card, "5 s")  # a button of the bot that was there before
    await alice.tap(await alice.sees_button("Wan"), "Wan")
    card = await alice.sees_button("Generate · 2 credits")
    await alice.tap(card, "Generate")
    await alice.receives_video(after=card["message_id"])

    async with session.get(f"{url}/control/vendors/submissions?vendor=modal") as told:
        assert len(await told.json()) == 1
    await alice.leave()
    assert (var / "demo-studio").read_text() == "modal"


async def choose(session: aiohttp.ClientSession, url: str, studio: str) -> None:
    """Choose it as the page does, and wait until the bot works with it."""
    async with session.post(f"{url}/control/studio", json={"chosen": studio}) as answer:
        assert answer.status == 200
    async with asyncio.timeout(PATIENCE):
        while True:
            async with session.get(f"{url}/control/studio") as answer:
                if (await answer.json())["active"] == studio:
                    return
            await asyncio.sleep(0.1)
