"""What people do: write, send files, tap buttons, edit, block."""

from __future__ import annotations

import random

from sandbox.telegram import media
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.media import Hints, Upload
from sandbox.telegram.mini_apps import launch_url
from sandbox.telegram.model import Bot, Chat, Json, Person
from sandbox.telegram.text.detect import with_detected
from sandbox.telegram.text.parse import CAPTION_LIMIT, TEXT_LIMIT, check_length
from sandbox.telegram.world import World

MAX_ALBUM = 10


class Actions:
    """One person's side of the chat with one bot. Refusals are BadRequest, worded for whoever wrote the test."""

    def __init__(self, world: World, bot: Bot, person: Person) -> None:
        self.world, self.bot, self.person = world, bot, person

    def write(self, text: str, reply_to: int | None = None) -> Json:
        """Send text; `/start payload` is text too."""
        return self.send(text_content(text, "text", TEXT_LIMIT) | self._reply(reply_to))

    async def send_files(
        self, uploads: list[Upload], caption: str, kind: str | None = None, reply_to: int | None = None
    ) -> list[Json]:
        """Send files, several as one album; each kind as `kind` says, else by its content type."""
        if not 1 <= len(uploads) <= MAX_ALBUM:
            raise BadRequest(f"between 1 and {MAX_ALBUM} files can be sent at once")
        about = text_content(caption, "caption", CAPTION_LIMIT) if caption.strip() else {}
        files = [
            await media.keep(self.world.files, kind or kind_by_content(upload), upload, Hints()) for upload in uploads
        ]
        album = {"media_group_id": str(random.getrandbits(53))} if len(files) > 1 else {}  # an id
        contents = [media.as_json(self.world.files, self.bot.id, file) | album for file in files]
        contents[0] |= about | self._reply(reply_to)
        return [self.send(content) for content in contents]

    def tap(self, message_id: int, data: str, *, forged: bool = False) -> str:
        """Tap the inline button with this data; return the callback query's id.

        `forged`: as somebody does who wrote their own client, and may send any data with any message.
        """
        chat, message = self._message(message_id)
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        if not forged and not any(button.get("callback_data") == data for row in rows for button in row):
            raise BadRequest("the message has no button with this data")
        query = self.world.queries.ask(self.bot.id, self.person.id, message_id)
        payload: Json = {"id": query.id, "from": self.person.user(), "data": data}
        inline_id = self.world.inline.id_of(chat, message_id)
        payload |= {"inline_message_id": inline_id} if inline_id else {"message": message}
        payload["chat_instance"] = str(hash((self.bot.id, chat.id)))
        self.world.notify(self.bot, "callback_query", payload, f"callback/{self.person.id}")
        return query.id

    def open_app(self, message_id: int, url: str) -> str:
        """Open the Mini App of a button; return the address with what Telegram says of the person."""
        _chat, message = self._message(message_id)
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        if not any(button.get("web_app", {}).get("url") == url for row in rows for button in row):
            raise BadRequest("the message has no button with this Mini App")
        return launch_url(url, self.bot, self.person, self.world.clock())

    def edit(self, message_id: int, text: str) -> Json:
        """Change the text or caption of an own message."""
        chat, message = self._message(message_id)
        if message["from"]["id"] != self.person.id:
            raise BadRequest("only own messages can be edited")
        name, limit = ("text", TEXT_LIMIT) if "text" in message else ("caption", CAPTION_LIMIT)
        kept = {key: value for key, value in message.items() if key not in ("entities", "caption_entities")}
        changed = kept | {"edit_date": int(self.world.clock())} | text_content(text, name, limit)
        self.world.change(chat, changed)
        self.world.notify(self.bot, "edited_message", changed, f"chat/{chat.id}")
        return changed

    def set_blocked(self, blocked: bool) -> None:
        """Block or unblock the bot; doing it twice does nothing."""
        chat = self.world.chats.opened(self.bot, self.person)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        self.world.chats.save(chat)
        now, before = ("kicked", "member") if blocked else ("member", "kicked")
        payload = {
            "chat": self.person.chat(),
            "from": self.person.user(),
            "date": int(self.world.clock()),
            "old_chat_member": self._membership(before),
            "new_chat_member": self._membership(now),
        }
        self.world.notify(self.bot, "my_chat_member", payload, f"chat/{chat.id}")

    def _membership(self, status: str) -> Json:
        return {"user": self.bot.user(), "status": status} | ({"until_date": 0} if status == "kicked" else {})

    def send(self, content: Json) -> Json:
        """Send a message with this content."""
        chat = self.world.chats.opened(self.bot, self.person)
        if chat.blocked:
            raise BadRequest("the bot is blocked; unblock it to write")
        message = self.world.begin_message(chat, self.person.user()) | content
        self.world.post(chat, message)
        self.world.notify(self.bot, "message", message, f"chat/{chat.id}")
        return message

    def _reply(self, message_id: int | None) -> Json:
        if message_id is None:
            return {}
        chat, message = self._message(message_id)
        if message["from"]["id"] not in (self.bot.id, chat.id):
            raise BadRequest("what other people sent is not part of the chat with the bot")
        return {"reply_to_message": {key: value for key, value in message.items() if key != "reply_to_message"}}

    def _message(self, message_id: int) -> tuple[Chat, Json]:
        chat = self.world.chats.shown_to(self.bot, self.person)
        message = self.world.chats.message(chat, message_id)
        if message is None:
            raise BadRequest("there is no such message")
        return chat, message


def kind_by_content(upload: Upload) -> str:
    """Return how a messenger would send a file of this content type."""
    family = upload.guessed_mime().split("/")[0]
    return {"image": "photo", "video": "video", "audio": "audio"}.get(family, "document")


def text_content(text: str, name: str, limit: int) -> Json:
    """Return a text or caption as somebody typed it. Raises BadRequest when it is empty or too long."""
    stripped = text.strip()
    if not stripped:
        raise BadRequest(f"{name} must not be empty")
    check_length(stripped, limit, f"{name} is too long: {limit} UTF-16 units are allowed")
    entities = with_detected(stripped, [])
    key = "entities" if name == "text" else "caption_entities"
    return {name: stripped} | ({key: entities} if entities else {})
