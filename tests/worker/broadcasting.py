"""A sender of a message to many in a process of its own, and a Telegram that counts what reaches whom."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode

from bot.session import Session
from conversation.broadcast_post import BroadcastPost
from conversation.i18n import Words
from conversation.pace import Pace
from services.broadcasts.broadcasts import Broadcasts
from services.broadcasts.sending import Sending
from services.leases import Leases
from services.users import Users
from storage.database import Database
from worker.broadcast_duty import BroadcastDuty

TOKEN = "7000001:canary-token-0123456789abcdefghijklm"
AS_FAST_AS_IT_GOES = 1e6
AT_ONCE = 20


def send_in_a_process(url: str, telegram: str) -> None:
    """Have the duty until there is nothing to send any more."""
    asyncio.run(_send(url, telegram))


async def _send(url: str, telegram: str) -> None:
    db = Database(url)
    leases = Leases(db, str(os.getpid()))
    bot = Bot(
        TOKEN,
        session=Session(api=TelegramAPIServer.from_base(telegram)),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )
    post = BroadcastPost(bot, Users(db), Broadcasts(db), Words(), Pace())
    duty = BroadcastDuty(Sending(db), post, per_second=AS_FAST_AS_IT_GOES, at_once=AT_ONCE, grace_s=0.0)
    while await Sending(db).current() is not None:
        if await leases.hold("broadcasts", 60.0):
            await duty.round()
    await bot.session.close()
    await db.close()


class CountingTelegram:
    """Numbers all messages of the bot by one counter, as the real one does, and answers over HTTP."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._numbers = itertools.count(500)
        self._keyboards: dict[tuple[str, int], str] = {}
        self.reached: Counter[str] = Counter()
        """How often the text reached whom, by chat."""
        self.asked = 0
        """How often it was to be sent."""
        self.deaths: dict[int, tuple[bool, Callable[[], None]]] = {}
        """With which of those somebody is killed, and whether what they asked for is still done."""
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")
                )
                asked = dict(parse_qsl((await reader.readexactly(length)).decode()))
                answer = self._answer(head.split(" ", 2)[1].rpartition("/")[2], asked)
                if answer is not None:
                    body = json.dumps(answer).encode()
                    status = b"200 OK" if answer["ok"] else b"400 Bad Request"
                    start = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nContent-Length: "
                    writer.write(start + str(len(body)).encode() + b"\r\n\r\n" + body)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()  # whoever asked is no more

    def _answer(self, method: str, asked: dict[str, str]) -> dict[str, Any] | None:
        """None: to the dead."""
        if method == "sendMessage":
            return self._sent(asked)
        if method == "editMessageReplyMarkup":
            there = self._keyboards.get((asked["chat_id"], int(asked["message_id"])))
            why = "message is not modified" if there == asked["reply_markup"] else "message to edit not found"
            assert there in (None, asked["reply_markup"]), "it would have changed another message"
            return {"ok": False, "error_code": 400, "description": f"Bad Request: {why}"}
        return {"ok": True, "result": True}

    def _sent(self, asked: dict[str, str]) -> dict[str, Any] | None:
        ours = asked["text"] == self._text
        self.asked += ours
        done, kill = self.deaths.pop(self.asked, (True, None)) if ours else (True, None)
        if done:
            number = next(self._numbers)
            if number % 7 == 0:
                next(self._numbers)  # somebody else writes to the bot
            self._keyboards[asked["chat_id"], number] = asked.get("reply_markup", "")
            if ours:
                self.reached[asked["chat_id"]] += 1
        if kill is not None:
            kill()
            return None
        chat = {"id": int(asked["chat_id"]), "type": "private"}
        return {"ok": True, "result": {"message_id": number, "date": 1, "chat": chat}}
