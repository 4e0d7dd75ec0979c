"""Somebody with a phone: talks to the bot through the sandbox's control API, as the chat page does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp

Message = dict[str, Any]
PATIENCE = 40.0


class Person:
    def __init__(self, session: aiohttp.ClientSession, url: str, bot_id: int, facts: dict[str, Any]) -> None:
        self._session = session
        self._url = url
        self.bot_id = bot_id
        self.id: int = facts["id"]
        self.name: str = facts["first_name"]
        self.answers: list[dict[str, Any]] = []
        self.actions: list[str] = []
        self.edits: list[Message] = []
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def arrive(
        cls,
        session: aiohttp.ClientSession,
        url: str,
        bot_id: int,
        name: str = "Alice",
        language: str = "en",
        **more: str,
    ) -> Person:
        """`more`: the rest of the name."""
        facts = {"first_name": name, "language_code": language, **more}
        async with session.post(f"{url}/control/people", json=facts) as response:
            assert response.status < 300, await response.text()
            person = cls(session, url, bot_id, await response.json())
        connected = asyncio.Event()
        person._listening = asyncio.create_task(person._listen(connected))
        await connected.wait()
        return person

    async def leave(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    @property
    def chat(self) -> str:
        return f"{self._url}/control/chats/{self.bot_id}/{self.id}"

    async def say(self, text: str) -> Message:
        said: Message = (await self._post("/messages", json={"text": text}))["messages"][0]
        return said

    async def edit(self, message: Message, text: str) -> None:
        await self._post("/edits", json={"message_id": message["message_id"], "text": text})

    async def forward(self, text: str, of: Person) -> None:
        """Send on to the bot what somebody else wrote."""
        theirs = await of._post("/share", json={"to": self.id, "text": text})
        await self._post("/share", json={"to": self.id, "message_id": theirs["message"]["message_id"]})

    async def gather(self, kind: str, title: str = "Friends") -> int:
        """Make a `group`, `supergroup` or `channel` with the bot in it. Returns its id."""
        return int((await self._post("/groups", json={"title": title, "type": kind}))["id"])

    async def say_in(self, group: int, text: str, *, anonymous: bool = False) -> None:
        await self._post(f"/groups/{group}/messages", json={"text": text, "anonymous": anonymous})

    async def said_in(self, group: int) -> list[Message]:
        async with self._session.get(f"{self.chat}/groups/{group}") as response:
            assert response.status == 200, await response.text()
            found: list[Message] = (await response.json())["messages"]
            return found

    async def send_files(self, *files: bytes, caption: str = "", as_: str = "photo", name: str = "photo.jpg") -> None:
        """One file, or several as an album."""
        form = aiohttp.FormData()
        for data in files:
            form.add_field("file", data, filename=name, content_type="application/octet-stream")
        if caption:
            form.add_field("caption", caption)
        form.add_field("as", as_)
        await self._post("/messages", data=form)

    async def tap(self, message: Message, label: str) -> dict[str, Any]:
        """Tap the first button whose text contains `label`, and wait for the answer to the tap."""
        data = next((data for text, data in buttons(message) if label in text), None)
        assert data is not None, f"no button {label!r} in {buttons(message)}"
        return await self.tap_data(message["message_id"], data)

    async def tap_data(self, message_id: int, data: str, *, forged: bool = False) -> dict[str, Any]:
        """`forged`: data that no button of the message has, as from a client of one's own."""
        tap = {"message_id": message_id, "data": data, "forged": forged}
        query = (await self._post("/taps", json=tap))["callback_query_id"]
        answer: dict[str, Any] = await eventually(
            lambda: next((one for one in self.answers if one["callback_query_id"] == query), None), "an answer"
        )
        return answer

    async def messages(self) -> list[Message]:
        async with self._session.get(self.chat) as response:
            assert response.status == 200, await response.text()
            found: list[Message] = (await response.json())["messages"]
            return found

    async def newest(self) -> int:
        """The number of the last message, whoever it is from."""
        return max(int(message["message_id"]) for message in await self.messages())

    async def bot_messages(self) -> list[Message]:
        return [message for message in await self.messages() if message.get("from", {}).get("is_bot")]

    async def wait_for(self, wanted: Callable[[Message], Any], *, seconds: float = PATIENCE) -> Message:
        """The newest message of the bot for which `wanted` is true, waiting for it if need be."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            found = [message for message in await self.bot_messages() if wanted(message)]
            if found:
                return found[-1]
            if asyncio.get_running_loop().time() > deadline:
                shown = [(words(message), buttons(message)) for message in await self.bot_messages()]
                raise AssertionError(f"never came; there is: {json.dumps(shown, ensure_ascii=False, indent=1)}")
            await asyncio.sleep(0.1)

    async def hears(self, text: str, *, seconds: float = PATIENCE) -> Message:
        return await self.wait_for(lambda message: text in words(message), seconds=seconds)

    async def sees_button(self, label: str, *, seconds: float = PATIENCE) -> Message:
        return await self.wait_for(lambda message: any(label in text for text, _ in buttons(message)), seconds=seconds)

    async def receives_video(self, *, after: int = 0, seconds: float = PATIENCE) -> Message:
        return await self.wait_for(lambda one: "video" in one and one["message_id"] > after, seconds=seconds)

    async def videos(self, *, after: int, count: int) -> list[Message]:
        """The first `count` videos of the bot after a message, in order."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            found = [one for one in await self.bot_messages() if "video" in one and one["message_id"] > after]
            if len(found) >= count:
                return found[:count]
            assert asyncio.get_running_loop().time() < deadline, f"{count} videos never came"
            await asyncio.sleep(0.1)

    async def block(self) -> None:
        await self._post("/block", json={})

    async def _post(self, path: str, **what: Any) -> Any:
        async with self._session.post(f"{self.chat}{path}", **what) as response:
            assert response.status < 300, await response.text()
            return await response.json()

    async def _listen(self, connected: asyncio.Event) -> None:
        address = f"{self._url}/control/events?bot={self.bot_id}&person={self.id}"
        async with self._session.get(address, timeout=aiohttp.ClientTimeout(total=None)) as response:
            connected.set()
            kind = ""
            async for raw in response.content:
                line = raw.decode().rstrip("\r\n")
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    self._note(kind, json.loads(line.removeprefix("data:")))

    def _note(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "answer":
            self.answers.append(data)
        elif kind == "action":
            self.actions.append(data["action"])
        elif kind == "edit":
            self.edits.append(data.get("message", data))


def words(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def buttons(message: Message) -> list[tuple[str, str]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button.get("callback_data", "")) for row in rows for button in row]


async def eventually(look: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> Any:
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = look()
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"{what} never came"
        await asyncio.sleep(0.02)
