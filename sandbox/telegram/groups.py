"""Groups and channels with a bot in them, and what people say there: as themselves, or in the place's own name."""

from __future__ import annotations

from sandbox.telegram.actions import text_content
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Bot, Chat, Json, Person
from sandbox.telegram.text.parse import TEXT_LIMIT
from sandbox.telegram.world import World

KINDS = ("group", "supergroup", "channel")
# Bot API, Message: `from` is a made-up user where a message is sent on behalf of a chat. This is Telegram's own.
ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
# Bot API, ChatMemberAdministrator: these are required. A bot in a channel is one, here without any right.
_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
    *("can_edit_stories", "can_delete_stories", "can_send_welcome_messages", "can_post_messages"),
)


class Gathering:
    """One group, supergroup or channel. Refusals are BadRequest, worded for whoever wrote the test."""

    def __init__(self, world: World, bot: Bot, chat: Chat) -> None:
        self.world, self.bot, self.chat = world, bot, chat

    @classmethod
    def found(cls, world: World, bot: Bot, founder: Person, kind: str, title: str) -> Gathering:
        """Let somebody make one and add the bot, which is told so."""
        if kind not in KINDS:
            raise BadRequest(f"type must be one of {', '.join(KINDS)}")
        made = cls(world, bot, world.chats.found(bot, kind, title))
        user: Json = {"user": bot.user()}
        rights = {"status": "administrator"} | dict.fromkeys(_RIGHTS, False)
        change = {
            "chat": made.chat.about(),
            "from": founder.user(),
            "date": int(world.clock()),
            "old_chat_member": user | {"status": "left"},
            "new_chat_member": user | (rights if kind == "channel" else {"status": "member"}),
        }
        world.notify(bot, "my_chat_member", change, made._source)
        return made

    def say(self, person: Person, text: str, *, anonymous: bool = False) -> Json:
        """Send text as the person; in a channel, or `anonymous` as admins of supergroups may be, as the chat itself."""
        if anonymous and self.chat.type == "group":
            raise BadRequest("only admins of supergroups can be anonymous")
        unnamed = anonymous or self.chat.type == "channel"
        sender = None if self.chat.type == "channel" else ANONYMOUS if anonymous else person.user()
        message = self.world.begin_message(self.chat, sender) | text_content(text, "text", TEXT_LIMIT)
        message |= {"sender_chat": self.chat.about()} if unnamed else {}
        if person.id not in self.chat.members:
            self.chat.members.append(person.id)
            self.world.chats.save(self.chat)
        self.world.post(self.chat, message)
        self._tell("message", message)
        return message

    def edit(self, person: Person, message_id: int, text: str) -> Json:
        """Change what the person said, or what was said in the chat's name."""
        message = self.world.chats.message(self.chat, message_id)
        if message is None:
            raise BadRequest("there is no such message")
        if "sender_chat" not in message and message["from"]["id"] != person.id:
            raise BadRequest("only own messages can be edited")
        kept = {key: value for key, value in message.items() if key != "entities"}
        changed = kept | {"edit_date": int(self.world.clock())} | text_content(text, "text", TEXT_LIMIT)
        self.world.change(self.chat, changed)
        self._tell("edited_message", changed)
        return changed

    @property
    def _source(self) -> str:
        return f"chat/{self.chat.id}"

    def _tell(self, kind: str, message: Json) -> None:
        """Bot API, privacy mode: of a group a bot hears commands, unless they name another bot."""
        if self.chat.type == "channel":
            kind = {"message": "channel_post", "edited_message": "edited_channel_post"}[kind]
        elif not self._is_command(message["text"]):
            return
        self.world.notify(self.bot, kind, message, self._source)

    def _is_command(self, text: str) -> bool:
        command, _, name = text.split(maxsplit=1)[0].partition("@")
        return command.startswith("/") and name.lower() in ("", self.bot.username.lower())
