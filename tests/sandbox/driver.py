"""Drives a sandbox over HTTP: as the bot with raw calls, and as the people in front of it."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.app import build_app
from sandbox.telegram.world import World

TOKEN = "42:TEST-token"
BOT_ID = 42
PATIENCE = 10.0
Json = dict[str, Any]


class Clock:
    """Unix time that runs, can be put forward, and can be stopped."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._frozen: float | None = None

    def __call__(self) -> float:
        return (self._frozen or time.time()) + self.ahead

    def freeze(self) -> None:
        self._frozen = time.time()


class Sandbox:
    def __init__(self, state: Path, token: str = TOKEN) -> None:
        self.state, self.token = state, token
        self.clock = Clock()

    async def start(self) -> None:
        self.world = World(self.state, self.clock)
        self._runner = web.AppRunner(build_app(self.world), shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.session = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self._runner.cleanup()
        await self.session.close()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def call(self, method: str, **params: Any) -> Json:
        """Call the Bot API with a form; a pair (name, bytes) is a file. Returns the whole answer."""
        form = aiohttp.FormData()
        for name, value in params.items():
            if isinstance(value, tuple):
                form.add_field(name, io.BytesIO(value[1]), filename=value[0])
            else:
                form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        async with self.session.post(f"{self.url}/bot{self.token}/{method}", data=form) as answer:
            body: Json = await answer.json()
            assert body["ok"] == (answer.status == 200)
            assert body["ok"] or body["error_code"] == answer.status
            return body

    async def ok(self, method: str, **params: Any) -> Any:
        """Call and return the result."""
        answer = await self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """Call what must be refused and return why."""
        answer = await self.call(method, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def updates(self, confirm: bool = True, **params: Any) -> list[Json]:
        """Return the waiting updates and, unless told otherwise, confirm them."""
        found: list[Json] = await self.ok("getUpdates", **params)
        if confirm and found:
            await self.ok("getUpdates", offset=found[-1]["update_id"] + 1, limit=1)
        return found

    async def control(self, verb: str, path: str, body: Json | None = None, status: int = 200) -> Any:
        """Call the control API, expecting a status, and return the JSON."""
        async with self.session.request(verb, f"{self.url}/control/{path}", json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def person(self, first_name: str, **facts: Any) -> Person:
        facts = await self.control("POST", "people", {"first_name": first_name} | facts)
        return Person(self, facts["id"])

    async def fault(self, kind: str, **fields: Any) -> int:
        return int((await self.control("POST", "faults", {"kind": kind} | fields))["id"])


class Person:
    def __init__(self, sandbox: Sandbox, person_id: int, bot_id: int = BOT_ID) -> None:
        self.sandbox, self.id, self.bot_id = sandbox, person_id, bot_id
        self.path = f"chats/{bot_id}/{person_id}"

    async def writes(self, text: str, **more: Any) -> Json:
        answer = await self.sandbox.control("POST", f"{self.path}/messages", {"text": text} | more)
        return dict(answer["messages"][0])

    async def sends(self, *files: tuple[str, bytes], **texts: str) -> list[Json]:
        form = aiohttp.FormData(texts)
        for name, data in files:
            form.add_field("file", io.BytesIO(data), filename=name)
        url = f"{self.sandbox.url}/control/{self.path}/messages"
        async with self.sandbox.session.post(url, data=form) as answer:
            assert answer.status == 200, await answer.text()
            return list((await answer.json())["messages"])

    async def taps(self, message_id: int, data: str) -> str:
        answer = await self.sandbox.control("POST", f"{self.path}/taps", {"message_id": message_id, "data": data})
        return str(answer["callback_query_id"])

    async def edits(self, message_id: int, text: str) -> Json:
        return dict(await self.sandbox.control("POST", f"{self.path}/edits", {"message_id": message_id, "text": text}))

    async def pays(self, message_id: int, **more: Any) -> Json:
        """Pay an invoice; the verdict comes when the bot has answered, so that somebody must answer meanwhile."""
        return dict(await self.sandbox.control("POST", f"{self.path}/pay", {"message_id": message_id} | more))

    async def stars(self) -> int:
        return int((await self.sandbox.control("GET", f"people/{self.id}/stars"))["stars"])

    async def asks(self, query: str, **more: Any) -> Json:
        """Put an inline query to the bot; the results come when it has answered."""
        return dict(await self.sandbox.control("POST", f"{self.path}/inline", {"query": query} | more))

    async def picks(self, query_id: str, result_id: str, to: Person) -> Json:
        choice = {"query_id": query_id, "result_id": result_id, "to": to.id}
        return dict((await self.sandbox.control("POST", f"{self.path}/inline/send", choice))["message"])

    async def shares(self, to: Person, **what: Any) -> Json:
        return dict((await self.sandbox.control("POST", f"{self.path}/share", {"to": to.id} | what))["message"])

    async def blocks(self) -> None:
        await self.sandbox.control("POST", f"{self.path}/block", {})

    async def unblocks(self) -> None:
        await self.sandbox.control("POST", f"{self.path}/unblock", {})

    async def chat(self) -> Json:
        return dict(await self.sandbox.control("GET", self.path))

    async def sees(self, wanted: Callable[[list[Json]], Any]) -> list[Json]:
        """Wait until the chat's messages are as wanted, looking again at each event."""
        while True:
            chat = await self.chat()
            if wanted(chat["messages"]):
                return list(chat["messages"])
            try:
                await self.hears(lambda *_: True, chat["last_event"])
            except TimeoutError:
                raise AssertionError(f"not as wanted: {chat['messages']}") from None

    async def hears(self, wanted: Callable[[str, Json], Any], after: int | None = None) -> Json:
        """Follow the event stream until an event is as wanted, and return its data."""
        query = f"bot={self.bot_id}&person={self.id}" + ("" if after is None else f"&after={after}")
        address = f"{self.sandbox.url}/control/events?{query}"
        async with asyncio.timeout(PATIENCE), self.sandbox.session.get(address) as stream:
            kind = ""
            async for line in stream.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and wanted(kind, json.loads(value)):
                    return dict(json.loads(value))
        raise AssertionError("the stream ended")


def buttons(*rows: dict[str, str]) -> Json:
    """Return an inline keyboard of callback buttons, one row for each mapping of text to data."""
    return {"inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row.items()] for row in rows]}
