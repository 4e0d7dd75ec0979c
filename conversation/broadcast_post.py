"""One message to many, put into one chat; and what became of it, where that has to be found out afterwards.

It asks the pace for leave, so that conversations go first, and takes no second try by itself: a request that was not
answered may have arrived.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardMarkup, Message
from aiohttp import ClientConnectorError

from conversation.admin.broadcast_views import below_broadcast, broadcast_view, moved_view
from conversation.faults import GONE_CHATS, NETWORK_SECONDS, TryLater, Undeliverable, says_unchanged, translated
from conversation.i18n import Words
from conversation.pace import Pace
from services.broadcasts.broadcasts import Broadcasts, BroadcastView, Content, content_of
from services.broadcasts.sending import Recipient, Result
from services.users import Users
from storage.tables import Broadcast, User

log = structlog.get_logger(__name__)
REFUSED_SECONDS = 30.0
"""After a refusal that is about the bot itself (its token, say)."""


@dataclass(frozen=True, slots=True)
class Sent:
    result: Result
    wait_s: float = 0.0
    """How long to write to nobody."""


class BroadcastPost:
    def __init__(self, bot: Bot, users: Users, broadcasts: Broadcasts, words: Words, pace: Pace) -> None:
        self._bot = bot
        self._users = users
        self._broadcasts = broadcasts
        self._words = words
        self._pace = pace
        self._keyboards: dict[tuple[int, str], InlineKeyboardMarkup] = {}
        """Of each broadcast one a language: they are few, and made for thousands."""

    @property
    def has_room(self) -> bool:
        return self._pace.has_room

    async def preview(self, user: User, broadcast: Broadcast) -> None:
        """As everybody will see it, to its author. Raises TelegramBadRequest for what Telegram will not have."""
        await self._put(user.telegram_id, content_of(broadcast), self._keyboard(broadcast, user.language))

    async def send(self, broadcast: Broadcast, person: Recipient) -> Sent:
        keyboard = self._keyboard(broadcast, person.language)
        try:
            with self._pace.hurried():
                sent = await self._put(person.telegram_id, content_of(broadcast), keyboard)
        except (TelegramAPIError, ClientDecodeError) as error:
            return _told(person, error)
        return Sent(Result(person.user_id, "sent", sent.message_id))

    async def is_there(self, broadcast: Broadcast, person: Recipient, message_id: int) -> bool | None:
        """Whether a message of theirs is this one: it has the keyboard already. None: it is another one of ours.

        Raises TryLater.
        """
        keyboard = self._keyboard(broadcast, person.language)
        try:
            with self._pace.hurried(), translated():
                await self._bot.edit_message_reply_markup(
                    chat_id=person.telegram_id, message_id=message_id, reply_markup=keyboard
                )
        except TelegramBadRequest as refused:
            return says_unchanged(refused)
        except Undeliverable:
            return False
        return None

    async def take_back(self, person: Recipient) -> bool:
        """Delete their message. False: it cannot be. Raises TryLater."""
        try:
            with self._pace.hurried(), translated():
                await self._bot.delete_message(person.telegram_id, person.message_id or 0)
        except TelegramBadRequest as refused:
            return "not found" in refused.message
        except Undeliverable:
            return False
        return True

    async def show(self, broadcast_id: int) -> None:
        """Bring the card of its author up to date. What hinders that is no hindrance for the rest.

        Whoever stopped it has drawn that, and our edit may come after theirs: so we look again.
        """
        view = await self._broadcasts.view(broadcast_id)
        await self._draw(view)
        now = await self._broadcasts.view(broadcast_id)
        if now.broadcast.state != view.broadcast.state:
            await self._draw(now)

    async def _draw(self, view: BroadcastView) -> None:
        author, at = await self._users.get(view.broadcast.author_id), view.broadcast.card_message_id
        with self._words.speaking(author.language):
            shown = broadcast_view(view)
        try:
            with self._pace.hurried(), translated():
                await self._bot.edit_message_text(
                    shown.text, chat_id=author.telegram_id, message_id=at, reply_markup=shown.keyboard
                )
        except TelegramBadRequest as refused:
            if not says_unchanged(refused):
                log.info("card of a broadcast cannot be edited", why=refused.message)
        except (TryLater, Undeliverable) as refused:
            log.info("card of a broadcast not shown", why=str(refused))

    async def show_anew(self, broadcast_id: int) -> int | None:
        """In a new message, whose number is newer than any so far; None: its author cannot be written to.

        Raises TryLater.
        """
        view = await self._broadcasts.view(broadcast_id)
        author = await self._users.get(view.broadcast.author_id)
        with self._words.speaking(author.language):
            shown, moved = broadcast_view(view), moved_view()
        try:
            with self._pace.hurried(), translated():
                sent = await self._bot.send_message(author.telegram_id, shown.text, reply_markup=shown.keyboard)
                old = await self._broadcasts.carded_anew(broadcast_id, message_id=sent.message_id)
                await self._bot.edit_message_text(moved.text, chat_id=author.telegram_id, message_id=old)
        except Undeliverable:
            return None
        except TelegramBadRequest as refused:  # the old one is gone, and nobody will miss it
            log.info("old card of a broadcast cannot be edited", why=refused.message)
        return sent.message_id

    async def _put(self, chat_id: int, content: Content, keyboard: InlineKeyboardMarkup) -> Message:
        if content.medium == "photo":
            return await self._bot.send_photo(
                chat_id, content.file_id or "", caption=content.text, reply_markup=keyboard
            )
        if content.medium == "video":
            return await self._bot.send_video(
                chat_id, content.file_id or "", caption=content.text, reply_markup=keyboard
            )
        return await self._bot.send_message(chat_id, content.text, reply_markup=keyboard)

    def _keyboard(self, broadcast: Broadcast, language: str) -> InlineKeyboardMarkup:
        which = broadcast.id, language
        if which not in self._keyboards:
            with self._words.speaking(language):
                self._keyboards[which] = below_broadcast(broadcast.id)
        return self._keyboards[which]


def _told(person: Recipient, error: TelegramAPIError | ClientDecodeError) -> Sent:
    """What an error says of the message: it never left, it never will, or nobody knows."""
    if isinstance(error, TelegramRetryAfter):
        return Sent(Result(person.user_id, "waiting"), float(error.retry_after))
    if isinstance(error, TelegramForbiddenError):
        return Sent(Result(person.user_id, "blocked"))
    if isinstance(error, TelegramEntityTooLarge):  # counts as a network error in aiogram
        return Sent(Result(person.user_id, "failed"))
    if isinstance(error, TelegramBadRequest):
        gone = any(sign in error.message.lower() for sign in GONE_CHATS)
        log.info("message to many refused", user=person.user_id, why=error.message)
        return Sent(Result(person.user_id, "blocked" if gone else "failed"))
    if isinstance(error, TelegramNetworkError | TelegramServerError | ClientDecodeError):
        never_left = isinstance(error.__cause__, ClientConnectorError)
        return Sent(Result(person.user_id, "waiting" if never_left else "sending"), NETWORK_SECONDS)
    log.error("messages to many are refused", why=str(error))
    return Sent(Result(person.user_id, "waiting"), REFUSED_SECONDS)
