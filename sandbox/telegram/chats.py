"""Chats and their messages."""

from __future__ import annotations

import random
from dataclasses import asdict

from sandbox.store import Counter, Store
from sandbox.telegram.model import Bot, Chat, Json, Person


class Chats:
    """All chats. A message is the Bot API's Message; its numbers rise over all chats of a bot, as in Telegram."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._chats = {(body["bot_id"], body["id"]): Chat(**body) for body in store.load("chat")}
        self._messages: dict[tuple[int, int], dict[int, Json]] = {}
        for body in sorted(store.load("message"), key=lambda body: int(body["message"]["message_id"])):
            messages = self._messages.setdefault((body["bot_id"], body["chat_id"]), {})
            messages[body["message"]["message_id"]] = body["message"]
        self._counters: dict[int, Counter] = {}
        self._groups = Counter(store, "groups", start=random.randrange(10**8, 10**9))  # noqa: S311  # ids look real

    def get(self, bot_id: int, chat_id: int) -> Chat | None:
        """Return a chat, or None if the two never met."""
        return self._chats.get((bot_id, chat_id))

    def opened(self, bot: Bot, person: Person) -> Chat:
        """Return the private chat of the two, which begins if they meet for the first time."""
        chat = self.shown_to(bot, person)
        if not chat.begun:
            chat.begun = True
            self.save(chat)
        return chat

    def shown_to(self, bot: Bot, person: Person) -> Chat:
        """Return the chat in which the page shows the two; for the bot it begins only when it is `opened`."""
        chat = self.get(bot.id, person.id)
        return chat or self.save(Chat(bot.id, person.id, begun=False, members=[person.id]))

    def found(self, bot: Bot, kind: str, title: str) -> Chat:
        """Return a new `group`, `supergroup` or `channel` with a bot in it. The ids of the last two begin with -100."""
        number = self._groups.next()
        return self.save(Chat(bot.id, -number if kind == "group" else -(10**12) - number, kind, title=title))

    def save(self, chat: Chat) -> Chat:
        """Write down what changed about a chat."""
        self._chats[chat.bot_id, chat.id] = chat
        self._store.put("chat", chat.key, asdict(chat))
        return chat

    def next_message_id(self, bot_id: int) -> int:
        """Return a message number never used before."""
        if bot_id not in self._counters:
            self._counters[bot_id] = Counter(self._store, f"messages/{bot_id}")
        return self._counters[bot_id].next()

    def messages(self, chat: Chat) -> list[Json]:
        """Return the messages in order."""
        return list(self._messages.get((chat.bot_id, chat.id), {}).values())

    def message(self, chat: Chat, message_id: int) -> Json | None:
        """Return one message."""
        return self._messages.get((chat.bot_id, chat.id), {}).get(message_id)

    def put(self, chat: Chat, message: Json) -> None:
        """Add a message, or replace the one with the same number."""
        self._messages.setdefault((chat.bot_id, chat.id), {})[message["message_id"]] = message
        body = {"bot_id": chat.bot_id, "chat_id": chat.id, "message": message}
        self._store.put("message", f"{chat.key}/{message['message_id']}", body)

    def remove(self, chat: Chat, message_id: int) -> None:
        """Remove a message."""
        self._messages.get((chat.bot_id, chat.id), {}).pop(message_id, None)
        self._store.remove("message", f"{chat.key}/{message_id}")

    def forget(self, chat: Chat) -> None:
        """Remove a chat with all its messages."""
        for message_id in list(self._messages.get((chat.bot_id, chat.id), {})):
            self.remove(chat, message_id)
        self._chats.pop((chat.bot_id, chat.id), None)
        self._store.remove("chat", chat.key)

    def clear(self) -> None:
        """Forget everything but the numbers already used."""
        self._chats.clear()
        self._messages.clear()
        self._store.clear("chat", "message")
