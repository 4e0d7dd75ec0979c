"""What the sandbox's Telegram consists of: people, bots, chats, files.

Everything a client sees (messages, updates, users) is kept as the JSON of the Bot API itself, because that JSON
is the contract; only what the sandbox must reason about has classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Person:
    """Somebody who writes to bots. `color` is a CSS colour for the avatar, `stars` what they can pay with."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    color: str = "#888888"
    deleted: bool = False
    stars: int = 5000

    def user(self) -> Json:
        """Return the Bot API's User."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return user | self._given("last_name", "username", "language_code")

    def chat(self) -> Json:
        """Return the Bot API's Chat for the private chat with this person."""
        chat: Json = {"id": self.id, "type": "private", "first_name": self.first_name}
        return chat | self._given("last_name", "username")

    def _given(self, *names: str) -> Json:
        return {name: getattr(self, name) for name in names if getattr(self, name)}


@dataclass
class Bot:
    """A registered bot and what its owner has set.

    `texts` maps `"name"`, `"description"` and `"short_description"` to texts by language code (`""` for all);
    `commands` maps `"scope|language"` to a list of BotCommand; `webhook` holds the accepted parameters of
    setWebhook; `allowed_updates` is None for the default set; `inline` and `inline_feedback` are what BotFather
    is asked for with /setinline and /setinlinefeedback.
    """

    id: int
    token: str
    username: str
    name: str
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    webhook: Json | None = None
    allowed_updates: list[str] | None = None
    inline: bool = True
    inline_feedback: bool = False

    def user(self) -> Json:
        """Return the Bot API's User."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    def text(self, kind: str, language: str = "") -> str:
        """Return the name or a description in a language, else the one for all languages."""
        texts = self.texts.get(kind, {})
        default = self.name if kind == "name" else ""
        return texts.get(language) or texts.get("") or default


@dataclass
class Chat:
    """A chat with a bot in it. A private one is with one person, whose `id` it has, as in Telegram.

    `members` are those of a private chat or who ever spoke in a group; only groups and channels have a `title`. A chat
    that has not `begun` only shows what other people sent its person; the bot does not know of it.
    """

    bot_id: int
    id: int
    type: str = "private"
    members: list[int] = field(default_factory=list)
    blocked: bool = False
    begun: bool = True
    pinned: list[int] = field(default_factory=list)
    reply_keyboard: Json | None = None
    title: str | None = None

    def about(self) -> Json:
        """Return the Bot API's Chat for a group or channel."""
        return {"id": self.id, "type": self.type} | ({"title": self.title} if self.title else {})

    @property
    def key(self) -> str:
        """The key this chat is stored under."""
        return f"{self.bot_id}/{self.id}"


@dataclass
class StoredFile:
    """Facts about stored bytes. Lengths in bytes, pixels and whole seconds; `kind` is a Message field name.

    `thumbnail` is the number of another file; `sizes` are the numbers of all sizes of a photo, smallest first.
    """

    kind: str
    mime: str
    number: int = 0
    size: int = 0
    name: str | None = None
    width: int | None = None
    height: int | None = None
    duration: int | None = None
    performer: str | None = None
    title: str | None = None
    thumbnail: int | None = None
    sizes: list[int] = field(default_factory=list)
