"""Telegram and RunPod, as little of them as ten thousand pieces of work need, and fast: a process of its own.

The sandbox checks, renders and remembers everything, and would be measured instead of the worker. Here an id of
RunPod's says when its work ends (`work-<number>-<milliseconds since 1970>`), so there is nothing to remember.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

_numbers = itertools.count(1_000_000)


class RunPod(asyncio.Protocol):
    """HTTP/1.1 with connections that stay open, for questions without a body: `GET …/status/<id>` and the clip."""

    def __init__(self, clip: bytes, url: str) -> None:
        self._clip, self._url = clip, url
        self._seen = b""
        self._wire: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._wire = transport

    def data_received(self, data: bytes) -> None:
        assert self._wire is not None
        *requests, self._seen = (self._seen + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1].decode()
            kind, body = (
                ("video/mp4", self._clip) if path.endswith(".mp4") else ("application/json", self._status(path))
            )
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            self._wire.write(head.encode() + body)

    def _status(self, path: str) -> bytes:
        work = path.rsplit("/", 1)[1]
        left = int(work.rsplit("-", 1)[1]) / 1000 - time.time()
        if left > 0:
            progress = round(max(0.0, 0.99 - left / 2000), 3)
            return json.dumps({"id": work, "status": "IN_PROGRESS", "output": {"progress": progress}}).encode()
        output = {"video_url": f"{self._url}/clip.mp4"}
        return json.dumps({"id": work, "status": "COMPLETED", "executionTime": 60_000, "output": output}).encode()


class Telegram:
    """Takes every call for good, and remembers when it had each chat's video (seconds since 1970)."""

    def __init__(self) -> None:
        self.told: dict[str, float] = {}
        self.calls = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/told", self.show), web.route("*", "/bot{token}/{method}", self.call)]

    async def show(self, _request: web.Request) -> web.Response:
        return web.json_response({"told": self.told, "calls": self.calls})

    async def call(self, request: web.Request) -> web.Response:
        method, fields = request.match_info["method"], await request.post()
        if method == "getUpdates":
            await asyncio.sleep(5.0)
            return _answer([])
        self.calls += 1
        if method == "sendVideo":
            self.told.setdefault(str(fields["chat_id"]), time.time())
        known: dict[str, Any] = {
            "getMe": {"id": 1, "is_bot": True, "first_name": "Bench", "username": "BenchBot"},
            "getStarTransactions": {"transactions": []},
        }
        if "chat_id" in fields:
            return _answer(_message(int(str(fields["chat_id"]))))
        return _answer(known.get(method, True))


def _message(chat: int) -> dict[str, Any]:
    video = {"file_id": "v", "file_unique_id": "v", "width": 160, "height": 90, "duration": 5}
    return {"message_id": next(_numbers), "date": 1, "chat": {"id": chat, "type": "private"}, "video": video}


def _answer(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


async def call_back(calls: list[str]) -> None:
    """Be the vendor's webhooks: each call is a time (seconds since 1970) and an address, in order of time."""
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for call in calls:
            at, address = call.split(" ", 1)
            await asyncio.sleep(float(at) - time.time())
            group.create_task(_post(session, address))


async def _post(session: aiohttp.ClientSession, address: str) -> None:
    async with session.post(address, json={"status": "COMPLETED"}) as response:
        await response.read()


async def serve(telegram_port: int, vendor_port: int, clip: bytes, calls: list[str]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    url = f"http://127.0.0.1:{vendor_port}"
    vendor = await asyncio.get_running_loop().create_server(lambda: RunPod(clip, url), "127.0.0.1", vendor_port)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.add_routes(Telegram().routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", telegram_port).start()
    calling = asyncio.create_task(call_back(calls))
    await stop.wait()
    calling.cancel()
    vendor.close()
    await runner.cleanup()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--telegram", type=int, required=True)
    parser.add_argument("--vendor", type=int, required=True)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--hooks", type=Path)
    given = parser.parse_args()
    calls = given.hooks.read_text(encoding="utf-8").splitlines() if given.hooks else []
    asyncio.run(serve(given.telegram, given.vendor, given.clip.read_bytes(), calls))
    return 0


if __name__ == "__main__":
    sys.exit(main())
