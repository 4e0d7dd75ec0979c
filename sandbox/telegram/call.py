"""One Bot API call being carried out, and the table of methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.errors import BadRequest, Forbidden, TooManyRequests
from sandbox.telegram.media import Upload
from sandbox.telegram.model import Bot, Chat, Json
from sandbox.telegram.world import World

Handler = Callable[["Call"], Awaitable[Any]]
METHODS: dict[str, Handler] = {}


@dataclass
class Call:
    """A call whose parameters have been checked against the schema. `uploads` are its file parts by name."""

    world: World
    bot: Bot
    method: str
    params: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def chat(self) -> Chat:
        """Return the chat meant by `chat_id`. Raises BadRequest or Forbidden where the bot cannot act there."""
        chat = self.known_chat(self.params["chat_id"])
        if chat.type == "channel":
            raise BadRequest("need administrator rights in the channel chat")
        if chat.type != "private":
            return chat
        person = self.world.people.get(chat.id)
        if person is None or person.deleted:
            raise Forbidden("user is deactivated")
        if chat.blocked:
            raise Forbidden("bot was blocked by the user")
        return chat

    def known_chat(self, chat_id: int | str) -> Chat:
        """Return a chat by id, blocked or not. A bot cannot address people by username, only channels and groups."""
        if chat_id == self.bot.id:
            raise Forbidden("bot can't send messages to the bot")
        chat = self.world.chats.get(self.bot.id, chat_id) if isinstance(chat_id, int) else None
        if chat is None or not chat.begun:
            raise BadRequest("chat not found")
        return chat

    def message(self, chat: Chat, message_id: int) -> Json | None:
        """Return a message of the chat, unless it is one that people sent each other: no bot sees those in private."""
        message = self.world.chats.message(chat, message_id)
        if message is None or chat.type != "private":
            return message
        return message if message["from"]["id"] in (self.bot.id, chat.id) else None

    def pay_flood(self, chat: Chat, messages: int = 1) -> None:
        """Count messages against the flood limits. Raises TooManyRequests."""
        wait = self.world.flood.take(self.bot.id, chat.id, messages)
        if wait:
            raise TooManyRequests(wait)


def method(*names: str) -> Callable[[Handler], Handler]:
    """Enter a function into the table of methods under the Bot API's names for it."""

    def enter(handler: Handler) -> Handler:
        METHODS.update(dict.fromkeys(names, handler))
        return handler

    return enter
