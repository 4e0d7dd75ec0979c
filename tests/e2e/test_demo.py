"""A demo, from its one line to its end: it takes cards, and with another vendor a chat goes on where it was."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.demo import BOT_ID
from tests.e2e.test_story import drafted
from tests.support.person import PATIENCE, Person, buttons
from tests.support.world import World, free_port


@contextmanager
def begun(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Told to stop in the end, and to stop its parts: killed, it would leave them behind."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", str(port), "--var", str(var)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Demo:
    """One that can be started again where it was."""

    var: Path
    """Where it keeps everything."""
    port: int = field(default_factory=free_port)
    starts: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """It says where, in one line, and answers there."""
        self.process = self.starts.enter_context(begun(self.var, self.port))
        assert self.process.stdout is not None
        assert f"{self.url}/" in next(line for line in self.process.stdout if line.strip())
        with urllib.request.urlopen(f"{self.url}/", timeout=5) as page:
            assert page.status == 200

    def end_by_ctrl_c(self) -> None:
        self.process.send_signal(signal.SIGINT)
        time.sleep(0.1)
        self.process.send_signal(signal.SIGINT)  # as impatient people do
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, err
        assert "http" not in out
        assert "Traceback" not in err
        assert children_of(self.var) == []


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all tests here, since it takes its time to start."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    with demo.starts:
        demo.start()
        yield demo
        demo.end_by_ctrl_c()


async def test_it_takes_cards(demo: Demo, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{demo.url}/control/stripe/endpoints") as answer:
        (endpoint,) = await answer.json()

    assert endpoint["url"].endswith("/stripe/webhook")
    for secret in ("token", "stripe-key", "stripe-webhook"):
        assert (demo.var / f"demo-{secret}").stat().st_mode & 0o077 == 0


async def test_a_chat_goes_on_with_another_studio(demo: Demo, session: aiohttp.ClientSession) -> None:
    alice = await Person.arrive(session, demo.url, BOT_ID)
    card = await drafted(alice)
    assert "Wan" not in [label for label, _ in buttons(card)]

    await choose(session, demo.url, "modal")
    await alice.tap(card, "5 s")  # a button of the bot that was there before
    await alice.tap(await alice.sees_button("Wan"), "Wan")
    card = await alice.sees_button("Generate · 2 credits")
    await alice.tap(card, "Generate")
    await alice.receives_video(after=card["message_id"])

    async with session.get(f"{demo.url}/control/vendors/submissions?vendor=modal") as told:
        assert len(await told.json()) == 1
    await alice.leave()
    assert (demo.var / "demo-studio").read_text() == "modal"


def test_it_ends_when_a_part_of_it_cannot_start(world: World, tmp_path: Path) -> None:
    with begun(tmp_path, world.sandbox_port) as second:  # where somebody else's sandbox answers
        _, err = second.communicate(timeout=60)
        assert second.returncode != 0
        assert "sandbox" in err


def test_ctrl_c_stops_all_of_it_and_another_start_finds_its_state(demo: Demo) -> None:
    demo.end_by_ctrl_c()
    assert (demo.var / "echoes.db").exists()
    demo.start()  # the fixture ends it once more


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


def children_of(var: Path) -> list[str]:
    """Processes that still work in a folder; a moment is given to the last of them."""
    deadline = time.monotonic() + 5
    while True:
        found = [
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/environ")
            if _mentions(path, str(var)) and path.parent.name != str(os.getpid())
        ]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _mentions(path: Path, text: str) -> bool:
    try:
        return f"/{text.strip('/')}/echoes.db".encode() in path.read_bytes()
    except OSError:
        return False
