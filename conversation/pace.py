"""How fast we talk to Telegram: every call waits its turn, a chat's and everybody's, and a 429 is obeyed.

It sits in the bot's session, so that no caller can forget it. Limits: about one message a second in a chat with short
bursts, about 30 a second in all (Bot API FAQ, "My bot is hitting limits").
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, SendChatAction, SendMediaGroup, TelegramMethod
from aiogram.methods.base import TelegramType

log = structlog.get_logger(__name__)

CHAT_RATE: Final = 1.0
CHAT_BURST: Final = 12.0
GLOBAL_RATE: Final = 25.0
GLOBAL_BURST: Final = 25.0
KEPT_FOR_DELIVERY: Final = 10.0
"""Calls that progress leaves to others, so that a clip that is done never waits behind bars that move."""
PATIENCE_SECONDS: Final = 10.0
"""How long somebody who waits for an answer is kept waiting by a 429."""
SECOND_TRY_SECONDS: Final = 0.7
CHATS_REMEMBERED: Final = 10_000

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

_hurried: ContextVar[bool] = ContextVar("hurried", default=False)


class Bucket:
    """A token bucket. `reserve` takes tokens, now or from the future, and says how long to wait for it (seconds)."""

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._at = clock()
        self._closed_until = self._at

    def reserve(self, count: int) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate) - count
        self._at = now
        return max(-self._tokens / self._rate, self._closed_until - now, 0.0)

    @property
    def left(self) -> float:
        """Tokens to be had now; below 0: so many are promised already."""
        return min(self._burst, self._tokens + (self._clock() - self._at) * self._rate)

    def close(self, seconds: float) -> None:
        """Telegram wants to hear nothing for so long."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    @property
    def closed_for(self) -> float:
        return max(self._closed_until - self._clock(), 0.0)


class Pace(BaseRequestMiddleware):
    def __init__(self, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._all = Bucket(GLOBAL_RATE, GLOBAL_BURST, clock)
        self._chats: OrderedDict[object, Bucket] = OrderedDict()

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        chat = _chat(method)
        if chat is None:  # answers to taps and the like: never made to wait
            return await make_request(bot, method)
        try:
            return await self._in_turn(chat, make_request, bot, method)
        except TelegramRetryAfter as refused:
            if _hurried.get() or refused.retry_after > PATIENCE_SECONDS:
                raise
        except TelegramEntityTooLarge:  # counts as a network error in aiogram, and will be as large next time
            raise
        except (TelegramNetworkError, TelegramServerError, ClientDecodeError):
            # One more try: at worst a message is there twice, which beats an unanswered person.
            if _hurried.get():
                raise
            await self._sleep(SECOND_TRY_SECONDS)
        return await self._in_turn(chat, make_request, bot, method)

    def closed_for(self, chat: int) -> float:
        """Seconds until a chat may be written to again after a 429."""
        return self._bucket(chat).closed_for

    @property
    def has_room(self) -> bool:
        """Whether something that can wait may be sent: what was finished goes before how the rest is going."""
        return self._all.left >= KEPT_FOR_DELIVERY

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Inside, a refusal is raised at once: the caller comes back later by itself."""
        token = _hurried.set(True)
        try:
            yield
        finally:
            _hurried.reset(token)

    async def _in_turn(
        self,
        chat: object,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        bucket = self._bucket(chat)
        count = len(method.media) if isinstance(method, SendMediaGroup) else 1
        wait = max(bucket.reserve(count), self._all.reserve(count))
        if wait > 0:
            await self._sleep(wait)
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as refused:
            bucket.close(refused.retry_after)
            log.warning("told to slow down", seconds=refused.retry_after, method=type(method).__name__)
            raise

    def _bucket(self, chat: object) -> Bucket:
        bucket = self._chats.pop(chat, None) or Bucket(CHAT_RATE, CHAT_BURST, self._clock)
        self._chats[chat] = bucket
        while len(self._chats) > CHATS_REMEMBERED:
            self._chats.popitem(last=False)
        return bucket


def _chat(method: TelegramMethod[Any]) -> object:
    return None if isinstance(method, SendChatAction) else getattr(method, "chat_id", None)
