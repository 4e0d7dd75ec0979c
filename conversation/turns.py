"""Whose turn it is to be redrawn: one card a chat every few seconds, and the one that waited longest goes first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

GAP_SECONDS: Final = 3.0
"""Between two progress edits in one chat."""
FORGET_SECONDS: Final = 10.0
"""A card that has not asked for this long waits no more."""


class Turns:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._drawn_at: dict[int, float] = {}
        self._asked: dict[int, dict[object, float]] = {}

    def take(self, chat: int, card: object) -> bool:
        """Whether `card` may be redrawn now. A card that may not asks again later and keeps its place."""
        now = self._clock()
        asked = self._asked.setdefault(chat, {})
        asked[card] = now
        if now - self._drawn_at.get(chat, -GAP_SECONDS) < GAP_SECONDS or self._first(asked, now) != card:
            return False
        del asked[card]
        self._tidy(now)
        self._drawn_at[chat] = now
        return True

    def _first(self, asked: dict[object, float], now: float) -> object:
        for card in [card for card, at in asked.items() if now - at > FORGET_SECONDS]:
            del asked[card]
        return next(iter(asked))

    def _tidy(self, now: float) -> None:
        for chat in [chat for chat, at in self._drawn_at.items() if now - at > FORGET_SECONDS]:
            del self._drawn_at[chat]
            if not self._asked.get(chat):
                self._asked.pop(chat, None)
