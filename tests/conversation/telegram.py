"""Telegram as the bot's session meets it: answers are JSON and go through aiogram's own reading of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.enums import ParseMode
from aiogram.methods import (
    EditMessageCaption,
    EditMessageMedia,
    EditMessageText,
    GetFile,
    GetMe,
    SendAudio,
    SendMediaGroup,
    SendPhoto,
    SendVideo,
    TelegramMethod,
)
from aiogram.types import Message

from bot.session import reader_of

TOKEN = "7000001:canary-token-0123456789abcdefghijklm"

Json = dict[str, Any]
Meanwhile = Callable[[], Awaitable[None]]


@dataclass
class Refusal:
    """What the next call of a kind gets instead of its result."""

    kind: type[TelegramMethod[Any]]
    status: int
    body: str
    raises: Exception | None = None


class Telegram(BaseSession):
    """Remembers every call. Refuses an edit that changes nothing, as Telegram does."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.file: list[bytes | Exception] = []
        self.inline = True
        """Whether its owner has switched inline mode on for the bot."""
        self._refusals: list[Refusal] = []
        self._meanwhile: list[tuple[type[TelegramMethod[Any]], Meanwhile]] = []
        self._ids = itertools.count(100)
        self._shown: dict[int, tuple[str | None, str]] = {}

    def bot(self) -> Bot:
        return Bot(TOKEN, session=self, default=DefaultBotProperties(parse_mode=ParseMode.HTML))

    def refuse(self, kind: type[TelegramMethod[Any]], status: int, why: str, *, retry_after: int | None = None) -> None:
        body: Json = {"ok": False, "error_code": status, "description": why}
        if retry_after:
            body["parameters"] = {"retry_after": retry_after}
        self._refusals.append(Refusal(kind, status, json.dumps(body)))

    def garble(self, kind: type[TelegramMethod[Any]], status: int = 502) -> None:
        """A proxy on the way answers with a page for people."""
        self._refusals.append(Refusal(kind, status, "<html>Bad Gateway</html>"))

    def drop(self, kind: type[TelegramMethod[Any]], error: Exception) -> None:
        self._refusals.append(Refusal(kind, 0, "", error))

    def meanwhile(self, kind: type[TelegramMethod[Any]], what: Meanwhile) -> None:
        """Something that happens while the next call of a kind is on its way."""
        self._meanwhile.append((kind, what))

    def sent(self, kind: type[TelegramMethod[Any]]) -> list[Any]:
        return [call for call in self.calls if isinstance(call, kind)]

    def shown(self, message_id: int) -> str:
        """The text or caption of a message as it stands in the chat."""
        return self._shown[message_id][0] or ""

    def buttons(self, message_id: int) -> str:
        return self._shown[message_id][1]

    async def make_request(  # the signature is aiogram's
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109, ARG002
    ) -> Any:
        self.calls.append(method)
        reader_of(method.__returning__)  # as the bot's own session does: it is kept
        for planned in self._meanwhile:
            if isinstance(method, planned[0]):
                self._meanwhile.remove(planned)
                await planned[1]()
                break
        refusal = next((one for one in self._refusals if isinstance(method, one.kind)), None)
        if refusal is not None:
            self._refusals.remove(refusal)
            if refusal.raises is not None:
                raise refusal.raises
            return self.check_response(bot, method, refusal.status, refusal.body)
        status, body = self._answer(method)
        return self.check_response(bot, method, status, json.dumps(body)).result

    def _answer(self, method: TelegramMethod[Any]) -> tuple[int, Json]:
        if isinstance(method, EditMessageCaption | EditMessageText | EditMessageMedia):
            return self._edited(method)
        if isinstance(method, SendMediaGroup):
            return 200, {"ok": True, "result": [self._message(method) for _ in method.media]}
        if isinstance(method, GetMe):
            return 200, {
                "ok": True,
                "result": {
                    "id": 7000001,
                    "is_bot": True,
                    "first_name": "E",
                    "username": "EchoesBot",
                    "supports_inline_queries": self.inline,
                },
            }
        if isinstance(method, GetFile):
            file = {"file_id": method.file_id, "file_unique_id": "u", "file_path": "photos/1.jpg"}
            return 200, {"ok": True, "result": file}
        if method.__returning__ is Message:
            return 200, {"ok": True, "result": self._message(method)}
        return 200, {"ok": True, "result": True}

    def _edited(self, method: Any) -> tuple[int, Json]:
        now = _content(method)
        if self._shown.get(method.message_id) == now:
            return 400, {"ok": False, "error_code": 400, "description": f"Bad Request: {UNCHANGED}"}
        self._shown[method.message_id] = now
        return 200, {"ok": True, "result": True}

    def _message(self, method: Any) -> Json:
        number = next(self._ids)
        self._shown[number] = _content(method)
        file = {"file_id": f"file-{number}", "file_unique_id": f"u{number}", "width": 16, "height": 9}
        extra: Json = {}
        if isinstance(method, SendPhoto):
            extra["photo"] = [{**file, "file_id": "small"}, file]
        if isinstance(method, SendAudio):
            extra["audio"] = {**file, "duration": 32}
        if isinstance(method, SendVideo):
            extra["video"] = {**file, "duration": 5}
        return {"message_id": number, "date": 1, "chat": {"id": 1, "type": "private"}, **extra}

    async def stream_content(self, *_args: Any, **_kwargs: Any) -> AsyncGenerator[bytes, None]:
        for part in self.file:
            if isinstance(part, Exception):
                raise part
            yield part

    async def close(self) -> None:
        """Nothing is open."""


UNCHANGED = "message is not modified: specified new message content and reply markup are exactly the same"


def _content(method: Any) -> tuple[str | None, str]:
    media = getattr(method, "media", None)
    text = getattr(method, "caption", None) or getattr(method, "text", None) or getattr(media, "caption", None)
    keyboard = getattr(method, "reply_markup", None)
    return text, keyboard.model_dump_json() if keyboard else ""
