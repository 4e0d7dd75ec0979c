"""Taps on inline buttons that wait for an answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sandbox.store import Store

# Telegram publishes no figure. A minute is more than its apps wait and less than an update may be late.
ANSWERABLE_SECONDS = 60


@dataclass(frozen=True)
class Query:
    """One tap."""

    id: str
    bot_id: int
    person_id: int
    message_id: int
    at: float


class Queries:
    """Taps not answered yet."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._queries = {body["id"]: Query(**body) for body in store.load("query")}

    def ask(self, bot_id: int, person_id: int, message_id: int) -> Query:
        """Remember a tap under a new id."""
        number = random.getrandbits(62)  # only has to be unlike its neighbours
        query = Query(str(number), bot_id, person_id, message_id, self._clock())
        self._queries[query.id] = query
        self._store.put("query", query.id, asdict(query))
        return query

    def answer(self, bot_id: int, query_id: str) -> Query | None:
        """Return the tap and forget it; None if there is none, it is another bot's, answered, or too old."""
        query = self._queries.get(query_id)
        if query is None or query.bot_id != bot_id:
            return None
        del self._queries[query_id]
        self._store.remove("query", query_id)
        return query if self._clock() - query.at <= ANSWERABLE_SECONDS else None

    def clear(self) -> None:
        """Forget all taps."""
        self._queries.clear()
        self._store.clear("query")
