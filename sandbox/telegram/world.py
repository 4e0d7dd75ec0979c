"""The whole of the sandbox's Telegram, and what people and bots do to it together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.store import Store
from sandbox.telegram import media
from sandbox.telegram.calls import Calls
from sandbox.telegram.charges import Charges
from sandbox.telegram.chats import Chats
from sandbox.telegram.checkouts import Checkouts
from sandbox.telegram.events import Events
from sandbox.telegram.faults import Faults
from sandbox.telegram.files import Files
from sandbox.telegram.flood import Flood
from sandbox.telegram.inline import Inline
from sandbox.telegram.invoices import Invoices
from sandbox.telegram.model import Bot, Chat, Json
from sandbox.telegram.queries import Queries
from sandbox.telegram.registry import Bots, People
from sandbox.telegram.updates import NOT_BY_DEFAULT, Inbox, Update


class World:
    """Everything there is, kept in a folder. `clock` gives Unix time; tests move it."""

    def __init__(self, state: Path, clock: Callable[[], float] = time.time) -> None:
        self.store = Store(state)
        self.clock = clock
        self.people = People(self.store)
        self.bots = Bots(self.store)
        self.chats = Chats(self.store)
        self.files = Files(self.store, state / "files")
        self.events = Events(self.store)
        self.queries = Queries(self.store, clock)
        self.inline = Inline(self.store, clock)
        self.invoices = Invoices(self.store)
        self.charges = Charges(self.store, clock)
        self.checkouts = Checkouts()
        self.calls = Calls()
        self.faults = Faults(clock)
        self.flood = Flood(clock)
        self.closing = asyncio.Event()
        # Told when a bot's webhook was set or removed; whoever delivers puts itself here.
        self.webhook_changed: Callable[[Bot], None] = _nobody_delivers
        self._inboxes: dict[int, Inbox] = {}

    def inbox(self, bot_id: int) -> Inbox:
        """Return the updates waiting for a bot."""
        if bot_id not in self._inboxes:
            self._inboxes[bot_id] = Inbox(self.store, bot_id, self.clock)
        return self._inboxes[bot_id]

    def notify(self, bot: Bot, kind: str, payload: Json, source: str) -> Update | None:
        """Queue an update, if the bot wants that kind."""
        wanted = kind in bot.allowed_updates if bot.allowed_updates else kind not in NOT_BY_DEFAULT
        return self.inbox(bot.id).add(kind, payload, source) if wanted else None

    def begin_message(self, chat: Chat, sender: Json | None) -> Json:
        """Return a new message without content, from somebody (a User; nobody in channels) into a chat."""
        person = self.people.get(chat.id)
        message: Json = {"message_id": self.chats.next_message_id(chat.bot_id)} | ({"from": sender} if sender else {})
        return message | {"chat": person.chat() if person else chat.about(), "date": int(self.clock())}

    def post(self, chat: Chat, message: Json, **more: Json | None) -> Json:
        """Put a new message into a chat and show it; `more` goes only to the screen."""
        self.chats.put(chat, message)
        self.events.publish("message", chat.bot_id, chat.id, self.shown(chat, message) | more)
        return message

    def change(self, chat: Chat, message: Json) -> Json:
        """Replace a message and show it."""
        self.chats.put(chat, message)
        self.events.publish("edit", chat.bot_id, chat.id, self.shown(chat, message))
        return message

    def delete(self, chat: Chat, message_id: int) -> None:
        """Remove a message from chat and screen."""
        self.chats.remove(chat, message_id)
        if message_id in chat.pinned:
            chat.pinned.remove(message_id)
            self.chats.save(chat)
        self.events.publish("delete", chat.bot_id, chat.id, {"message_id": message_id})

    def shown(self, chat: Chat, message: Json) -> Json:
        """Return a message of a chat with the addresses a page loads its media from."""
        found = media.of_message(message)
        if found is None:
            invoice = self.invoices.of_message(chat, message["message_id"])
            photo = invoice.photo if invoice else None
            return message | ({"media_url": f"/control/files/{photo}"} if photo else {})
        kind, file = found
        thumb = message["photo"][min(1, len(message["photo"]) - 1)] if kind == "photo" else file.get("thumbnail")
        urls = {"media_url": f"/control/files/{file['file_id']}"}
        return message | urls | ({"thumb_url": f"/control/files/{thumb['file_id']}"} if thumb else {})

    def reset(self) -> None:
        """Forget everything but the bots and what they set."""
        self.chats.clear()
        self.files.clear()
        self.people.clear()
        for part in (self.queries, self.inline, self.invoices, self.charges, self.checkouts):
            part.clear()
        self.calls.clear()
        self.faults.withdraw(None)
        self.flood.forget()
        for bot in self.bots:
            self.inbox(bot.id).drop()
        self.events.publish("reset", None, None, {})

    def let_waiting_go(self) -> None:
        """End long polls, event streams and payments in progress, because the sandbox stops."""
        self.closing.set()
        self.checkouts.clear()
        for inbox in self._inboxes.values():
            inbox.wake()
        self.events.wake()

    def close(self) -> None:
        """Close the store; nothing may change afterwards."""
        self.store.close()


def _nobody_delivers(_bot: Bot) -> None:
    """Stand in until somebody delivers: a world without a server has no webhooks to call."""
