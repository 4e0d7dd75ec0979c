"""What waits to be told to a bot, whichever way it listens."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sandbox.store import Counter, Store
from sandbox.telegram.model import Json

# Seconds an update is kept for (read in the open-source Bot API server).
DAY = 24 * 3600
LIFETIMES = {"callback_query": 150, "pre_checkout_query": 150, "inline_query": 30, "chosen_inline_result": 600}
# Bot API, getUpdates: an empty `allowed_updates` means all but these.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_REMEMBERED = 2000


@dataclass(frozen=True)
class Update:
    """One update. Updates of the same `source` (a chat, somebody's taps) are delivered one after the other."""

    bot_id: int
    id: int
    kind: str
    payload: Json
    source: str
    expires_at: float

    def body(self) -> Json:
        """Return the Bot API's Update."""
        return {"update_id": self.id, self.kind: self.payload}


class Inbox:
    """The updates of one bot that it has not confirmed yet, oldest first.

    `again` holds updates to be delivered once more whatever the bot confirmed.
    """

    def __init__(self, store: Store, bot_id: int, clock: Callable[[], float]) -> None:
        self._store, self._bot_id, self._clock = store, bot_id, clock
        waiting = (Update(**body) for body in store.load("update") if body["bot_id"] == bot_id)
        self._waiting = {update.id: update for update in sorted(waiting, key=lambda update: update.id)}
        # The first update_id is a random number, as in Telegram: nothing may count on 1.
        self._counter = Counter(store, f"updates/{bot_id}", start=random.randrange(10**8, 9 * 10**8))  # noqa: S311
        self._seen: deque[Update] = deque(maxlen=_REMEMBERED)
        self.again: deque[Update] = deque()
        self.news = asyncio.Event()
        self.poller: object = None
        self.refusal: str | None = None

    def take_over(self, refusal: str | None = None) -> object:
        """Send away whoever waits for updates, with these words, and return the ticket of who takes the place."""
        self.poller, self.refusal = object(), refusal
        self.wake()
        return self.poller

    def add(self, kind: str, payload: Json, source: str) -> Update:
        """Append an update and wake whoever delivers."""
        expires_at = self._clock() + LIFETIMES.get(kind, DAY)
        update = Update(self._bot_id, self._counter.next(), kind, payload, source, expires_at)
        self._waiting[update.id] = update
        self._seen.append(update)
        self._store.put("update", f"{self._bot_id}/{update.id}", asdict(update))
        self.wake()
        return update

    def waiting(self) -> list[Update]:
        """Return what is not confirmed and not expired."""
        now = self._clock()
        for update in [update for update in self._waiting.values() if update.expires_at <= now]:
            self.confirm(update.id)
        return list(self._waiting.values())

    def confirm(self, update_id: int) -> None:
        """Forget an update that was received."""
        if self._waiting.pop(update_id, None):
            self._store.remove("update", f"{self._bot_id}/{update_id}")

    def confirm_below(self, offset: int) -> None:
        """Forget all updates with a smaller number."""
        for update_id in [update_id for update_id in self._waiting if update_id < offset]:
            self.confirm(update_id)

    def keep_last(self, count: int) -> None:
        """Forget all updates but the last so many (getUpdates with a negative offset)."""
        for update_id in list(self._waiting)[:-count]:
            self.confirm(update_id)

    def drop(self) -> None:
        """Forget all that waits."""
        self.again.clear()
        self.confirm_below(self._counter.value + 1)

    def repeat(self, update_id: int, times: int) -> bool:
        """Queue an update that was sent before for being sent again; False if it is not remembered."""
        found = next((update for update in self._seen if update.id == update_id), None)
        if found is None:
            return False
        self.again.extend([found] * times)
        self.wake()
        return True

    def wake(self) -> None:
        """Let those who wait on `news` look again."""
        self.news.set()
        self.news = asyncio.Event()
