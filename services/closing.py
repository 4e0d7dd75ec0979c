"""Closing the house for a while: who comes gets the sentence that staff wrote, and staff goes in and out as ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from services.errors import AlreadyDone
from services.live.live import Live
from services.staff.members import Staff
from services.staff.rights import Actor
from storage.tables import User

AGAIN_SECONDS: Final = 60.0
"""How often somebody who goes on writing is told."""
NAME: Final = "maintenance"


class Closing:
    def __init__(self, live: Live, staff: Staff, clock: Callable[[], float] = time.monotonic) -> None:
        self._live = live
        self._staff = staff
        self._clock = clock
        self._told: dict[int, float] = {}
        """When, by the chat. Each process tells for itself: it may be said once more by another one."""

    @property
    def words(self) -> str | None:
        """What everybody else is told, as it was written; None while the house is open."""
        return self._live.now.maintenance

    async def words_for(self, user: User | None) -> str | None:
        """What to tell somebody; None: they may come in."""
        words = self.words
        if words is None or (user is not None and await self._staff.actor(user) is not None):
            return None
        return words

    def is_to_be_told(self, chat_id: int) -> bool:
        """Whether to say so in a chat now, which then counts as said."""
        now = self._clock()
        self._told = {chat: told for chat, told in self._told.items() if now - told < AGAIN_SECONDS}
        if chat_id in self._told:
            return False
        self._told[chat_id] = now
        return True

    def check(self, words: str) -> None:
        """Raises ValueNotUsable."""
        self._live.check(NAME, words)

    async def close(self, actor: Actor, words: str) -> None:
        """From now on, also with other words than before. Raises ValueNotUsable, AlreadyDone."""
        await self._live.set(actor, NAME, words)
        self._told.clear()

    async def open(self, actor: Actor) -> None:
        """Raises AlreadyDone, ChangedMeanwhile."""
        standing = await self._live.standing(NAME)
        if standing.value is None:
            raise AlreadyDone
        await self._live.set(actor, NAME, None, seen=standing.seen)
