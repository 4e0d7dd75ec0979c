"""People who generate all the time: they send photos, choose models, tap Generate and Again, often twice, and cancel.

They look only at their chats. Whatever button makes a clip is tapped sooner or later; where nothing comes of a tap for
a while, because whoever took it was killed, they tap once more, as people do.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.support.person import Message, buttons
from tests.support.photographs import Name, jpeg
from tests.support.world import BOT_ID

PICTURES: tuple[Name, ...] = ("astronaut", "chelsea", "coffee")
SIDE = 240
IMPATIENCE_SECONDS = 40.0
PHOTO_IMPATIENCE_SECONDS = 25.0
MOST_TAPS_AT_ONCE = 6
TWICE_SHARE = 0.15
CANCEL_SHARE = 0.04
OTHER_MODEL_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Button:
    person: int
    message_id: int
    data: str


@dataclass(slots=True)
class Offer:
    """The newest button that makes a clip of a draft."""

    round: int
    button: Button
    tapped_at: float | None = None


class Crowd:
    def __init__(self, session: aiohttp.ClientSession, url: str, dice: random.Random) -> None:
        self._session = session
        self._url = url
        self._dice = dice
        self._offers: dict[int, Offer] = {}
        self._cancels: dict[int, Button] = {}
        self._models: dict[int, list[Button]] = {}
        self._cards: dict[int, set[int]] = {}
        """Of each person, the drafts they have seen."""
        self.people: list[int] = []
        self.taps = 0

    async def arrive(self, count: int) -> None:
        for number in range(count):
            facts = {"first_name": f"Somebody {number}", "language_code": "en"}
            self.people.append((await self._post("/control/people", facts))["id"])

    async def send_photos(self, each: int) -> None:
        """Until each person has seen `each` cards; photos that nobody answers are sent again."""
        while missing := [one for one in self.people if len(self._cards.get(one, ())) < each]:
            await asyncio.gather(*(self._send_photo(one) for one in missing))
            deadline = asyncio.get_running_loop().time() + PHOTO_IMPATIENCE_SECONDS
            seen = {one: len(self._cards.get(one, ())) for one in missing}
            while asyncio.get_running_loop().time() < deadline:
                if all(len(self._cards.get(one, ())) > seen[one] for one in missing):
                    break
                await asyncio.sleep(0.1)

    async def generate(self, live: Callable[[], int], most: int) -> None:
        """Until cancelled: see to it that about `most` clips are in the making."""
        while True:
            free = min(most - live(), MOST_TAPS_AT_ONCE)
            ready = self._ready()
            self._dice.shuffle(ready)
            await asyncio.gather(*(self._take_up(*one) for one in ready[: max(free, 0)]))
            await asyncio.sleep(0.4)

    async def listen(self) -> None:
        """Until cancelled: what happens in all chats."""
        last = ""
        while True:
            try:
                last = await self._stream(last)
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)

    async def _stream(self, last: str) -> str:
        address = f"{self._url}/control/events?bot={BOT_ID}"
        headers = {"Last-Event-ID": last} if last else {}
        async with self._session.get(address, headers=headers, timeout=aiohttp.ClientTimeout(total=None)) as response:
            kind = ""
            async for raw in response.content:
                name, _, value = raw.decode().rstrip("\r\n").partition(": ")
                if name == "id":
                    last = value
                elif name == "event":
                    kind = value
                elif name == "data" and kind in ("message", "edit"):
                    self._see(json.loads(value))
        return last

    def _see(self, message: Message) -> None:
        for _label, data in buttons(message):
            button = Button(message["person_id"], message["message_id"], data)
            match data.split(":"):
                case ["dj", draft, round_, _] | ["tg", _, draft, round_]:
                    self._offer(int(draft), int(round_), button)
                case ["dc", draft]:
                    self._cancels[int(draft)] = button
                case ["dm", draft, _]:
                    self._models.setdefault(int(draft), []).append(button)

    def _offer(self, draft: int, round_: int, button: Button) -> None:
        self._cards.setdefault(button.person, set()).add(draft)
        known = self._offers.get(draft)
        # A model with another price has another button of the same round.
        if known is None or round_ > known.round or (round_ == known.round and button.data != known.button.data):
            self._offers[draft] = Offer(round_, button)

    def _ready(self) -> list[tuple[int, Offer]]:
        now = asyncio.get_running_loop().time()
        return [
            (draft, offer)
            for draft, offer in self._offers.items()
            if offer.tapped_at is None or now - offer.tapped_at > IMPATIENCE_SECONDS
        ]

    async def _take_up(self, draft: int, offer: Offer) -> None:
        offer.tapped_at = asyncio.get_running_loop().time()
        models = self._models.pop(draft, [])
        if models and self._dice.random() < OTHER_MODEL_SHARE:
            await self._tap(self._dice.choice(models))
            await asyncio.sleep(0.3)
        times = self._dice.randint(2, 4) if self._dice.random() < TWICE_SHARE else 1
        await asyncio.gather(*(self._tap(offer.button) for _ in range(times)))
        if self._dice.random() < CANCEL_SHARE and draft in self._cancels:
            await asyncio.sleep(self._dice.uniform(0.0, 4.0))
            await self._tap(self._cancels[draft])

    async def _tap(self, button: Button) -> None:
        """Forged, because a thumb is faster than the picture it sees."""
        self.taps += 1
        tap = {"message_id": button.message_id, "data": button.data, "forged": True}
        await self._post(f"/control/chats/{BOT_ID}/{button.person}/taps", tap)

    async def _send_photo(self, person: int) -> None:
        form = aiohttp.FormData()
        picture = jpeg(self._dice.choice(PICTURES), size=(SIDE, SIDE))
        form.add_field("file", picture, filename="photo.jpg", content_type="image/jpeg")
        form.add_field("caption", "gentle snow, slow zoom out")
        form.add_field("as", "photo")
        await self._post(f"/control/chats/{BOT_ID}/{person}/messages", form)

    async def _post(self, path: str, what: dict[str, Any] | aiohttp.FormData) -> dict[str, Any]:
        given: dict[str, Any] = {"data": what} if isinstance(what, aiohttp.FormData) else {"json": what}
        async with self._session.post(f"{self._url}{path}", **given) as response:
            assert response.status < 300, await response.text()
            answer: dict[str, Any] = await response.json()
            return answer
