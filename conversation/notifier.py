"""Telling people: what the outbox holds, cards, and the clips of a project."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.types import ReplyParameters

from conversation import alert_notices, payment_notices, reward_notices, support_notices, team_notices
from conversation.broadcast_post import BroadcastPost
from conversation.clip_message import ClipMessage
from conversation.faults import TryLater, Undeliverable, translated
from conversation.film_message import FilmMessage
from conversation.i18n import Words
from conversation.order_message import OrderMessage
from conversation.pace import Pace
from conversation.role_message import RoleMessage
from conversation.scene import Subject
from conversation.screen import Screen
from conversation.take_message import failed_view, take_view
from conversation.take_sender import TakeSender
from conversation.view import theirs
from services.cards import Shown
from services.desk import Services
from services.editing import CAPTION_LIMIT
from services.films.films import FilmView
from services.outbox import Message
from services.projects import ProjectView
from services.takes import TakeView
from storage.tables import Draft, Take, User

__all__ = ["Notifier", "TryLater", "Undeliverable"]

log = structlog.get_logger(__name__)
NOTICES: Final = (
    payment_notices.NOTICES
    | reward_notices.NOTICES
    | support_notices.NOTICES
    | alert_notices.NOTICES
    | team_notices.NOTICES
)


class Notifier:
    def __init__(self, bot: Bot, services: Services, words: Words) -> None:
        self.words = words
        self._bot = bot
        self._services = services
        self._pace = Pace()
        bot.session.middleware(self._pace)
        self._screen = Screen(bot, services, words, self._pace)
        self._takes = TakeSender(bot, services, words)
        self.clips = ClipMessage(bot, services, words, self._takes)
        """Where a project is edited."""
        self.broadcasts = BroadcastPost(bot, services.users, services.broadcasts, words, self._pace)
        self._films = FilmMessage(bot, services, words, self._screen)
        self.orders = OrderMessage(bot, services, words)
        """Those by card."""
        self._kinds: dict[str, Callable[[User, dict[str, Any]], Awaitable[None]]] = {
            "clip_ready": self._clip_ready,
            "clip_failed": self._clip_failed,
            "clip_cancelled": self._clip_cancelled,
            "clip_gift": self._clip_gift,
            "film_ready": self._films.ready,
            "film_failed": self._films.failed,
            "film_cancelled": self._films.cancelled,
            "album_card": self._album_card,
            "role": RoleMessage(bot, services, words).tell,
            "draft_card": self._draft_card,
        }

    async def deliver(self, message: Message) -> None:
        """Send a message of the outbox. Safe to repeat: after a crash there is at most one duplicate.

        Raises Undeliverable, TryLater.
        """
        user = await self._services.users.get(message.user_id)
        if user.unreachable_at is not None:
            raise Undeliverable("they blocked the bot", gone=True)
        closed_for = self._pace.closed_for(user.telegram_id)
        if closed_for:
            raise TryLater(closed_for)
        try:
            with self._pace.hurried(), translated():
                if message.kind in NOTICES:
                    await self._give_notice(user, message)
                else:
                    await self._kinds[message.kind](user, message.payload)
        except Undeliverable as error:
            if error.gone:
                await self._services.users.mark_unreachable(user.id)
            raise

    async def show_draft(self, user: User, draft_id: int, *, fresh: bool = False, below: int | None = None) -> None:
        """Edit the draft's card in place, or send it; `fresh`: always as a new message.

        `below`: as a new message if the card stands above that one, where it would change unseen.
        """
        await self._screen.show_draft(user, draft_id, fresh=fresh, below=below)

    async def show_album(self, user: User, album_id: int, *, new_sheet: bool = False, below: int | None = None) -> None:
        """The same for an album; `new_sheet`: with a new picture of its photos."""
        await self._screen.show_album(user, album_id, new_sheet=new_sheet, below=below)

    @property
    def has_room(self) -> bool:
        """Whether Telegram can be told how work is going, and not only what was finished."""
        return self._pace.has_room

    async def refresh(self, shown: Shown) -> None:
        """Show how the work on a card goes. To be called often; edits seldom."""
        await self._screen.refresh(shown)

    async def show_take(self, user: User, view: TakeView, *, message_id: int | None = None) -> None:
        """Bring the message of a take up to date; `message_id`: a second one, which a crash may have left."""
        await self._takes.show(user, view, message_id=message_id)

    async def redraw_album(self, user: User, album_id: int) -> None:
        """Bring the card of an album up to date if there is one."""
        await self._screen.redraw(user, Subject("album", album_id))

    async def show_film(self, user: User, film_id: int, *, at: int | None) -> None:
        """Show how the making of a film goes, in the message `at` if it is a text that can be edited."""
        await self._screen.show_film(user, film_id, at=at)

    async def send_film(self, user: User, view: FilmView) -> None:
        """Send a film that is there."""
        await self._films.send(user, view)

    async def send_project(self, user: User, view: ProjectView) -> None:
        """All approved clips in their order, ten to an album."""
        await self.send_clips(user, view.takes, view.captions)

    async def send_clips(self, user: User, takes: list[Take], captions: Mapping[int, str] | None = None) -> None:
        """The same for anybody's clips: the ids they have at Telegram are good for whoever gets them from this bot.

        `captions`: by take, as their owner wrote them.
        """
        said = {take: theirs(caption, CAPTION_LIMIT * 2) for take, caption in (captions or {}).items()}
        await self._takes.send_all(user, takes, said)

    async def _clip_ready(self, user: User, payload: dict[str, Any]) -> None:
        view = await self._bring(user, payload["take_id"])
        card = view.draft.card_message_id
        # Where the clip is there from an earlier attempt, they may have gone on: a card below it is of the next take.
        if card is not None and (view.take.message_id is None or card < view.take.message_id):
            await self._screen.finish(user, view.draft.id, card)
        if view.draft.album_id is not None:
            await self._screen.settle_album(user, view.draft.album_id)

    async def _clip_gift(self, user: User, payload: dict[str, Any]) -> None:
        """Its card has ended long ago or shows what came after it: it is only brought up to date."""
        await self._redraw(user, (await self._bring(user, payload["take_id"])).draft.id)

    async def _bring(self, user: User, take_id: int) -> TakeView:
        """Send a take, unless it is there already."""
        view = await self._services.takes.view(user.id, take_id)
        if view.take.message_id is None and view.take.erased_at is None:
            available = (await self._services.wallet.balance(user.id)).available
            with self.words.speaking(user.language):
                shown = take_view(view, available=available)
            sent = await self._takes.send(user, view.take, shown, await self._reply_to(user, view.draft))
            await self._services.takes.sent(view.take.id, message_id=sent[0], file_id=sent[1])
        return view

    async def _clip_failed(self, user: User, payload: dict[str, Any]) -> None:
        job = await self._services.cards.job(user.id, payload["job_id"])
        draft = await self._redraw(user, job.draft_id)
        with self.words.speaking(user.language):
            view = failed_view(job)
        # After the card: if this fails and is repeated, drawing the card again does no harm.
        reply = await self._reply_to(user, draft) if draft else None
        await self._bot.send_message(chat_id=user.telegram_id, text=view.text, reply_parameters=reply)

    async def _clip_cancelled(self, user: User, payload: dict[str, Any]) -> None:
        job = await self._services.cards.job(user.id, payload["job_id"])
        await self._redraw(user, job.draft_id)

    async def _album_card(self, user: User, payload: dict[str, Any]) -> None:
        await self._screen.show_album(user, payload["album_id"], new_sheet=True)

    async def _draft_card(self, user: User, payload: dict[str, Any]) -> None:
        """There is an answer about a draft: its card shows it, and so does its album's."""
        draft = await self._services.drafts.get(user.id, payload["draft_id"])
        await self._screen.redraw(user, Subject("draft", draft.id))
        if draft.album_id is not None:
            await self._screen.redraw(user, Subject("album", draft.album_id))

    async def _give_notice(self, user: User, message: Message) -> None:
        if message.kind in payment_notices.CHANGES_ORDER:
            await self._redraw_order(user, message.payload)
        with self.words.speaking(user.language):
            view = await NOTICES[message.kind](self._services, user, message.payload)
        if view is not None:
            await self._bot.send_message(user.telegram_id, view.text, reply_markup=view.keyboard)

    async def _redraw_order(self, user: User, payload: dict[str, Any]) -> None:
        """The message that offers to pay, and the card of what waited for the credits."""
        view = await payment_notices.order_of(self._services, user, payload)
        if view is None:
            return
        await self.orders.redraw(user, view)
        if view.order.draft_id is not None:
            await self._screen.redraw(user, Subject("draft", view.order.draft_id))
        if view.order.album_id is not None:
            await self._screen.redraw(user, Subject("album", view.order.album_id))

    async def _redraw(self, user: User, draft_id: int | None) -> Draft | None:
        """The card of a draft, and that of its album, after its work ended without a clip."""
        if draft_id is None:
            return None
        draft = await self._services.drafts.get(user.id, draft_id)
        await self._screen.redraw(user, Subject("draft", draft_id))
        if draft.album_id is not None:
            await self._screen.settle_album(user, draft.album_id)
        return draft

    async def _reply_to(self, user: User, draft: Draft) -> ReplyParameters | None:
        """The card to answer to: the draft's own, else its album's. It may have been deleted: then to none."""
        message_id = draft.card_message_id
        if message_id is None and draft.album_id is not None:
            message_id = (await self._services.cards.album(user.id, draft.album_id)).album.card_message_id
        return ReplyParameters(message_id=message_id, allow_sending_without_reply=True) if message_id else None
