"""A sandbox in a process of its own, and a bot that does what a test tells it, over plain HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import av
import numpy

from tests.support.world import free_port

BOT_ID = 5000001
TOKEN = f"{BOT_ID}:browser-test-token"
USERNAME = "paige_bot"
POLL_SECONDS = 25  # as long as the browser is waited for: what comes is a person's doing on its page
Json = dict[str, Any]


@dataclass
class SandboxProcess:
    """`python -m sandbox`, which can be stopped and started again with its state kept."""

    state: Path
    port: int
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it if it does not run."""
        if self._process is not None:
            return
        place = ["--port", str(self.port), "--state", str(self.state), "--bot", f"{TOKEN}@{USERNAME}"]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", *place, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert b"ready" in await self._process.stdout.readline()

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.communicate()
            self._process = None


@asynccontextmanager
async def running_sandbox(state: Path) -> AsyncIterator[SandboxProcess]:
    sandbox = SandboxProcess(state, free_port())
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()


class ScriptedBot:
    """Raw Bot API calls, and the control API for what a test arranges behind the page's back."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url
        self._offset = 0
        self._waiting: list[Json] = []

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method; a pair (name, bytes) is a file. Returns the result; a refusal fails the test."""
        form = aiohttp.FormData(quote_fields=False)
        for name, value in params.items():
            if isinstance(value, tuple):
                form.add_field(name, io.BytesIO(value[1]), filename=value[0])
            else:
                form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        async with self._session.post(f"{self._url}/bot{TOKEN}/{method}", data=form) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def begin_anew(self) -> None:
        """Forget what earlier tests did, also one that failed, and let the bot write as fast as it likes."""
        await self.control("POST", "reset", {})
        await self.control("POST", "limits", {"chat_per_second": 1000, "burst": 1000, "global_per_second": 1000})
        await self.control("POST", "vendors/reset")
        await self.call("deleteMyCommands")
        await self.call("setMyDescription", language_code="es")
        await self.call("deleteWebhook", drop_pending_updates=True)

    async def next(self, kind: str) -> Json:
        """Wait for the next update, which must be of this kind, and return what it carries."""
        if not self._waiting:
            self._waiting = await self.call("getUpdates", offset=self._offset, timeout=POLL_SECONDS)
        assert self._waiting, f"no {kind} came"
        update = self._waiting.pop(0)
        self._offset = update["update_id"] + 1
        assert kind in update, update
        return dict(update[kind])

    async def control(self, verb: str, path: str, body: Json | None = None) -> Any:
        async with self._session.request(verb, f"{self._url}/control/{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def download(self, file_id: str) -> bytes:
        path = (await self.call("getFile", file_id=file_id))["file_path"]
        async with self._session.get(f"{self._url}/file/bot{TOKEN}/{path}") as response:
            return await response.read()


@cache
def clip(seconds: int = 6, width: int = 320, height: int = 180) -> bytes:
    """A silent H.264 MP4 in which a bright bar moves."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(12 * seconds):
            picture = numpy.full((height, width, 3), 60, numpy.uint8)
            picture[:, (index * 4) % width :][:, :12] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()
