"""Inline mode: questions people put to a bot from anywhere, its answers, and the messages made of them."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.store import Store
from sandbox.telegram.model import Chat, Json

# An update about it is kept for 30 s (read in the open-source Bot API server); a later answer helps nobody.
ANSWERABLE_SECONDS = 30
_REMEMBERED = 500


@dataclass(frozen=True)
class Result:
    """One result: how it is listed, and the content of the message it becomes."""

    id: str
    listed: Json
    content: Json


@dataclass(frozen=True)
class Answer:
    """A bot's answer, good for `cache_seconds`, for everybody or only for who asked."""

    results: list[Result]
    next_offset: str
    button: Json | None
    cache_seconds: int
    is_personal: bool


@dataclass
class InlineQuery:
    """One question; `at` is Unix time."""

    id: str
    bot_id: int
    person_id: int
    text: str
    offset: str
    at: float
    answer: asyncio.Future[Answer] = field(repr=False)


class Inline:
    """Questions and cached answers, which a restart forgets, and the messages sent, which it does not."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._queries: dict[str, InlineQuery] = {}
        self._cache: dict[tuple[int, str, str, int | None], tuple[float, Answer]] = {}
        self._sent = {body["id"]: body for body in store.load("inline_message")}

    def ask(self, bot_id: int, person_id: int, text: str, offset: str) -> InlineQuery:
        """Remember a question; one with a cached answer is answered already."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        number = random.getrandbits(62)  # only has to be unlike its neighbours
        query = InlineQuery(str(number), bot_id, person_id, text, offset, self._clock(), future)
        self._queries[query.id] = query
        if len(self._queries) > _REMEMBERED:
            del self._queries[next(iter(self._queries))]
        if cached := self._cached(query):
            future.set_result(cached)
        return query

    def _cached(self, query: InlineQuery) -> Answer | None:
        for person_id in (query.person_id, None):
            until, answer = self._cache.get((query.bot_id, query.text, query.offset, person_id), (0.0, None))
            if until > self._clock():
                return answer
        return None

    def open(self, bot_id: int, query_id: str) -> InlineQuery | None:
        """Return a question this bot can still answer."""
        query = self._queries.get(query_id)
        if query is None or query.bot_id != bot_id or query.answer.done():
            return None
        return query if self._clock() - query.at <= ANSWERABLE_SECONDS else None

    def answer(self, query: InlineQuery, answer: Answer) -> None:
        """Give an answer to who asked, and keep it for as long as the bot says."""
        person_id = query.person_id if answer.is_personal else None
        until = self._clock() + answer.cache_seconds
        self._cache[query.bot_id, query.text, query.offset, person_id] = (until, answer)
        query.answer.set_result(answer)

    def result(self, bot_id: int, person_id: int, query_id: str, result_id: str) -> tuple[InlineQuery, Result] | None:
        """Return a result somebody was shown, with the question."""
        query = self._queries.get(query_id)
        if query is None or (query.bot_id, query.person_id) != (bot_id, person_id) or not query.answer.done():
            return None
        found = next((one for one in query.answer.result().results if one.id == result_id), None)
        return (query, found) if found else None

    def enter(self, chat: Chat, message_id: int) -> str:
        """Remember a message with buttons that a bot made but cannot see; return its inline_message_id."""
        id_ = secrets.token_urlsafe(18)
        body: Json = {"id": id_, "bot_id": chat.bot_id, "chat_id": chat.id, "message_id": message_id}
        self._sent[id_] = body
        self._store.put("inline_message", id_, body)
        return id_

    def id_of(self, chat: Chat, message_id: int) -> str | None:
        """Return the inline_message_id of a message, if it has one."""
        wanted = (chat.bot_id, chat.id, message_id)
        return next((id_ for id_, body in self._sent.items() if _place(body) == wanted), None)

    def place_of(self, bot_id: int, inline_message_id: str) -> tuple[int, int] | None:
        """Return the chat and number of a message this bot made."""
        body = self._sent.get(inline_message_id)
        return (body["chat_id"], body["message_id"]) if body and body["bot_id"] == bot_id else None

    def clear(self) -> None:
        """Forget everything."""
        self._queries.clear()
        self._cache.clear()
        self._sent.clear()
        self._store.clear("inline_message")


def _place(body: Json) -> tuple[int, int, int]:
    return body["bot_id"], body["chat_id"], body["message_id"]
