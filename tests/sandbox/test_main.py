"""The sandbox as a process: one line when ready, quick to start, quick to stop whoever still waits."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.__main__ import parse_arguments

Process = tuple[asyncio.subprocess.Process, str]


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    arguments = ("--port", "0", "--state", str(tmp_path / "state"), "--bot", "42:TEST@echo_bot")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    assert line.startswith("Sandbox ready at http://127.0.0.1:"), line
    yield process, line.split()[-1]
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_it_stops_cleanly_with_a_stream_and_a_poll_open(process: Process, stop: signal.Signals) -> None:
    running, url = process
    async with aiohttp.ClientSession() as session, session.get(f"{url}control/events") as stream:
        await stream.content.readline()
        first, poll = [asyncio.create_task(session.get(f"{url}bot42:TEST/getUpdates?timeout=50")) for _ in range(2)]
        await asyncio.wait([first, poll], return_when=asyncio.FIRST_COMPLETED)  # the other one has taken over
        running.send_signal(stop)
        assert await asyncio.wait_for(running.wait(), 3) == 0
        await asyncio.gather(first, poll, return_exceptions=True)
    assert running.stdout
    assert await running.stdout.read() == b""


async def test_it_needs_neither_aiogram_nor_av_to_start() -> None:
    code = "import sys, sandbox.app; print([name for name in ('aiogram', 'av', 'telegram') if name in sys.modules])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert output.decode().strip() == "[]"


def test_it_listens_on_this_machine_unless_told_otherwise() -> None:
    options = parse_arguments([])
    assert (options.host, options.port, options.state, options.bot) == ("127.0.0.1", 8081, Path("var/sandbox"), [])


async def test_a_bot_without_a_name_is_refused(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0", "--state", str(tmp_path), "--bot", "42:TEST"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert errors.decode() == "--bot takes TOKEN@USERNAME\n"
