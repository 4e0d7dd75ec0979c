"""Telegram's flood limits: about a message a second to one chat with short bursts, about 30 a second in all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Limits:
    """Messages a second and how many may come at once. Telegram publishes the rates, not the burst."""

    chat_per_second: float = 1.0
    burst: float = 20.0
    global_per_second: float = 30.0


@dataclass
class _Bucket:
    """What may be sent now; an album may overdraw it, or albums longer than the burst could never be sent."""

    tokens: float
    at: float

    def refill(self, rate: float, capacity: float, now: float) -> None:
        self.tokens = min(capacity, self.tokens + (now - self.at) * rate)
        self.at = now

    def wait(self, rate: float) -> int:
        return 0 if self.tokens >= 1 else math.ceil((1 - self.tokens) / rate)


class Flood:
    """Token buckets by chat and by bot."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.limits = Limits()
        self._buckets: dict[tuple[int, int | None], _Bucket] = {}

    def take(self, bot_id: int, chat_id: int, messages: int = 1) -> int:
        """Count messages to a chat; return 0, or the whole seconds to wait, and then nothing was counted."""
        chat = self._bucket(bot_id, chat_id, self.limits.chat_per_second, self.limits.burst)
        everything = self._bucket(bot_id, None, self.limits.global_per_second, self.limits.global_per_second)
        wait = max(chat.wait(self.limits.chat_per_second), everything.wait(self.limits.global_per_second))
        if not wait:
            chat.tokens -= messages
            everything.tokens -= messages
        return wait

    def forget(self) -> None:
        """Fill all buckets."""
        self._buckets.clear()

    def _bucket(self, bot_id: int, chat_id: int | None, rate: float, capacity: float) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault((bot_id, chat_id), _Bucket(capacity, now))
        bucket.refill(rate, capacity, now)
        return bucket
