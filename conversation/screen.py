"""Cards in chats: sent once, then edited in place, and never drawn back by a late edit.

The web process draws what a tap changed, the worker draws progress and answers, and neither knows what the other sends
at that moment. So whoever drew a card looks once more afterwards: if something else is to be seen, it draws that.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message

from conversation.draft_card import continued_view, done_view
from conversation.faults import TryLater, Undeliverable, says_gone, says_unchanged, translated
from conversation.i18n import Words
from conversation.pace import Pace
from conversation.scene import Scene, Subject, scene_of
from conversation.turns import Turns
from conversation.view import View
from media.contact_sheet import MOST_PHOTOS, contact_sheet
from services.cards import AlbumCard, DraftCard, Shown
from services.desk import Services
from storage.tables import User

log = structlog.get_logger(__name__)
CARDS_REMEMBERED: Final = 10_000
LOOKS: Final = 3
"""At a card that was drawn. Each time something must have changed while an edit was on its way."""


class Screen:
    def __init__(self, bot: Bot, services: Services, words: Words, pace: Pace) -> None:
        self._bot = bot
        self._services = services
        self._words = words
        self._pace = pace
        self._turns = Turns()
        self._drawn: OrderedDict[tuple[int, int], int | None] = OrderedDict()
        """What we drew last on a message, as a number: thousands are remembered. None for one that is gone."""
        self._locks: WeakValueDictionary[tuple[int, Subject], asyncio.Lock] = WeakValueDictionary()

    async def show_draft(self, user: User, draft_id: int, *, fresh: bool = False, below: int | None = None) -> None:
        """Edit the draft's card, or send it when there is none (any more); `fresh`: send it in any case.

        `below`: send it anew if it stands above that message, where it would change unseen.
        """
        subject = Subject("draft", draft_id)
        async with self._lock(user, subject):
            card = await self._services.cards.draft(user.id, draft_id)
            scene = await self._scene(user, subject)
            old = scene.message_id
            unseen = fresh or old is None or (below is not None and old < below)
            if unseen or not await self._draw(user, subject, scene):
                sent = await self._send_draft(user, card, scene.view)
                await self._go_on(user, subject, scene, sent)
        if card.draft.album_id is not None:
            await self.redraw(user, Subject("album", card.draft.album_id))

    async def show_album(self, user: User, album_id: int, *, new_sheet: bool = False, below: int | None = None) -> None:
        """The same for an album; `new_sheet`: its photos are others than they were."""
        subject = Subject("album", album_id)
        async with self._lock(user, subject):
            card = await self._services.cards.album(user.id, album_id)
            scene = await self._scene(user, subject)
            old = scene.message_id
            draw = self._change_sheet if new_sheet and card.cards else self._draw
            if old is None or (below is not None and old < below) or not await draw(user, subject, scene):
                sent = await self._send_album(user, card, scene.view)
                await self._go_on(user, subject, scene, sent)
        for one in card.cards:
            if one.draft.card_message_id is not None:
                await self.redraw(user, Subject("draft", one.draft.id))

    async def show_film(self, user: User, film_id: int, *, at: int | None) -> None:
        """Show how the making of a film goes in the message `at`, or in a new one where that cannot be edited."""
        subject = Subject("film", film_id)
        async with self._lock(user, subject):
            scene = await self._scene(user, subject)
            old = scene.message_id
            if at is not None and at != old:
                await self._services.films.show(film_id, message_id=at)
                scene = replace(scene, message_id=at)
            if scene.message_id is None or not await self._draw(user, subject, scene):
                sent = await self._bot.send_message(user.telegram_id, scene.view.text, reply_markup=scene.view.keyboard)
                await self._services.films.show(film_id, message_id=sent.message_id)
                self._remember(user, sent.message_id, scene.view)
                await self._look_again(user, subject, replace(scene, message_id=sent.message_id))
            if old is not None and at is not None and at != old:
                await self._edit(user, old, self._spoken(user, continued_view), pictured=False)

    async def redraw(self, user: User, subject: Subject) -> None:
        """Edit a card if there is one; never send one."""
        async with self._lock(user, subject):
            scene = await self._scene(user, subject)
            if scene.message_id is not None:
                await self._draw(user, subject, scene)

    async def refresh(self, shown: Shown) -> None:
        """Show how the work goes, if it shows, if it is this card's turn, and if Telegram wants to hear it."""
        user, subject = shown.user, Subject(shown.kind, shown.id)
        if not self._pace.has_room:
            return
        async with self._lock(user, subject):
            scene = await self._scene(user, subject)
            if scene.message_id is None or not scene.live or not self._news(user, scene):
                return
            if self._pace.closed_for(user.telegram_id) or not self._pace.has_room:
                return
            if not self._turns.take(user.telegram_id, subject):
                return
            try:
                with self._pace.hurried(), translated():
                    await self._draw(user, subject, scene)
            except TryLater as refused:
                log.debug("progress not shown", why=str(refused))
            except Undeliverable as refused:
                if refused.gone:
                    await self._services.users.mark_unreachable(user.id)

    async def finish(self, user: User, draft_id: int, message_id: int) -> None:
        """The clip has arrived: the card ends here, and what comes next gets a card of its own."""
        async with self._lock(user, Subject("draft", draft_id)):
            await self._edit(user, message_id, self._spoken(user, done_view))
            await self._services.drafts.let_go_of_card(draft_id, message_id=message_id)

    async def finish_film(self, user: User, film_id: int, message_id: int) -> None:
        """The film has arrived: its card ends here."""
        async with self._lock(user, Subject("film", film_id)):
            scene = await self._scene(user, Subject("film", film_id))
            await self._edit(user, message_id, scene.end, pictured=False)
            await self._services.films.let_go_of_card(film_id, message_id=message_id)

    async def settle_album(self, user: User, album_id: int) -> None:
        """Draw an album whose last work has ended; while there is more, `refresh` draws it in its turn."""
        subject = Subject("album", album_id)
        if not (await self._scene(user, subject)).live:
            await self.redraw(user, subject)

    async def _scene(self, user: User, subject: Subject) -> Scene:
        return await scene_of(self._services, self._words, user, subject)

    async def _draw(self, user: User, subject: Subject, scene: Scene) -> bool:
        """Edit the message until it shows what is. False: the message cannot be edited."""
        if scene.message_id is None or not await self._edit(
            user, scene.message_id, scene.view, pictured=scene.pictured
        ):
            return False
        return await self._look_again(user, subject, scene)

    async def _look_again(self, user: User, subject: Subject, scene: Scene) -> bool:
        """After its message was made to show a scene: draw what came while that was on its way."""
        shown, view, worked = scene.message_id or 0, scene.view, scene.live
        for _look in range(LOOKS):
            if scene.live and not scene.thinks and await self._is_worked_on(subject):
                break  # the next `refresh` shows how far it is
            now = await self._scene(user, subject)
            if scene.live and now.live and scene.thinks == now.thinks:
                break
            if now.message_id not in (shown, None):
                due = self._spoken(user, continued_view)
            else:
                due = now.end if worked or now.message_id is None else now.view
            if _number_of(due) == _number_of(view):
                break
            if not await self._edit(user, shown, due, pictured=scene.pictured):
                return False
            scene, view, worked = now, due, worked or now.live
        return True

    async def _go_on(self, user: User, subject: Subject, scene: Scene, message_id: int) -> None:
        """In the new message of a card; the old one says so."""
        if scene.message_id is not None:
            await self._edit(user, scene.message_id, self._spoken(user, continued_view))
        await self._look_again(user, subject, replace(scene, message_id=message_id))

    async def _is_worked_on(self, subject: Subject) -> bool:
        return subject.kind == "draft" and await self._services.cards.is_worked_on(subject.id)

    async def _edit(self, user: User, message_id: int, view: View, *, pictured: bool = True) -> bool:
        where: dict[str, Any] = {"chat_id": user.telegram_id, "message_id": message_id}
        try:
            if pictured:
                await self._bot.edit_message_caption(**where, caption=view.text, reply_markup=view.keyboard)
            else:
                await self._bot.edit_message_text(**where, text=view.text, reply_markup=view.keyboard)
        except TelegramBadRequest as refused:
            if not says_unchanged(refused):
                if not says_gone(refused):
                    log.warning("card cannot be edited", why=refused.message)
                self._remember(user, message_id, None)
                return False
        self._remember(user, message_id, view)
        return True

    async def _send_draft(self, user: User, card: DraftCard, view: View) -> int:
        sent = await self._photo(user, view, card)
        file_id = sent.photo[-1].file_id if sent.photo else None
        await self._services.drafts.show(card.draft.id, message_id=sent.message_id, file_id=file_id)
        self._remember(user, sent.message_id, view)
        return sent.message_id

    async def _photo(self, user: User, view: View, card: DraftCard) -> Message:
        facts: dict[str, Any] = {"chat_id": user.telegram_id, "caption": view.text, "reply_markup": view.keyboard}
        if card.draft.photo_file_id:
            try:
                return await self._bot.send_photo(photo=card.draft.photo_file_id, **facts)
            except TelegramBadRequest as refused:
                # Telegram may forget files; ours is kept.
                log.info("picture is sent anew", why=refused.message)
        photo = await self._services.drafts.photo(card.draft)
        return await self._bot.send_photo(photo=BufferedInputFile(photo, "photo.jpg"), **facts)

    async def _send_album(self, user: User, card: AlbumCard, view: View) -> int:
        sheet = await self._sheet(card)
        sent = await self._bot.send_photo(
            chat_id=user.telegram_id, photo=sheet, caption=view.text, reply_markup=view.keyboard
        )
        await self._services.drafts.show_album(card.album.id, message_id=sent.message_id)
        self._remember(user, sent.message_id, view)
        return sent.message_id

    async def _change_sheet(self, user: User, subject: Subject, scene: Scene) -> bool:
        """As `_draw`, with the picture as it is now."""
        message_id, view = scene.message_id or 0, scene.view
        card = await self._services.cards.album(user.id, subject.id)
        picture = InputMediaPhoto(media=await self._sheet(card), caption=view.text)
        try:
            await self._bot.edit_message_media(
                chat_id=user.telegram_id, message_id=message_id, media=picture, reply_markup=view.keyboard
            )
        except TelegramBadRequest as refused:
            if says_gone(refused):
                return False
            if not says_unchanged(refused):
                raise
        self._remember(user, message_id, view)
        return await self._look_again(user, subject, scene)

    async def _sheet(self, card: AlbumCard) -> BufferedInputFile:
        photos = [await self._services.drafts.photo(one.draft) for one in card.cards[:MOST_PHOTOS]]
        return BufferedInputFile(await asyncio.to_thread(contact_sheet, photos), "album.jpg")

    def _spoken(self, user: User, view: Callable[[], View]) -> View:
        with self._words.speaking(user.language):
            return view()

    def _news(self, user: User, scene: Scene) -> bool:
        drawn = self._drawn.get((user.telegram_id, scene.message_id or 0), _NEVER)
        return drawn is not None and drawn != _number_of(scene.view)

    def _remember(self, user: User, message_id: int, view: View | None) -> None:
        self._drawn[user.telegram_id, message_id] = None if view is None else _number_of(view)
        self._drawn.move_to_end((user.telegram_id, message_id))
        while len(self._drawn) > CARDS_REMEMBERED:
            self._drawn.popitem(last=False)

    def _lock(self, user: User, subject: Subject) -> asyncio.Lock:
        return self._locks.setdefault((user.telegram_id, subject), asyncio.Lock())


_NEVER = 0


def _number_of(view: View) -> int:
    return hash((view.text, view.keyboard and view.keyboard.model_dump_json()))
