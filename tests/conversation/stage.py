"""A notifier over real services and a recorded Telegram."""

from __future__ import annotations

from aiogram.client.session.middlewares.manager import RequestMiddlewareManager

from conversation.i18n import Words
from conversation.notifier import Notifier
from services.desk import Services
from services.outbox import Message
from services.users import Users
from storage.tables import Take, User
from tests.conversation.telegram import Telegram
from tests.support.builders import LEAVERS, Shop
from tests.support.database import execute


class Stage:
    def __init__(self, shop: Shop, words: Words) -> None:
        self.shop, self.words, self.telegram = shop, words, Telegram()
        self.users = Users(shop.db, shop.live.values, leavers=LEAVERS)
        self.services = Services(
            users=self.users,
            dialogue=shop.dialogue,
            drafts=shop.drafts,
            ordering=shop.ordering,
            cards=shop.cards,
            improve=shop.improve,
            cancel=shop.cancel,
            dead=shop.dead,
            sheets=shop.sheets,
            steering=shop.steering,
            pausing=shop.pausing,
            takes=shop.takes,
            projects=shop.projects,
            editing=shop.editing,
            wallet=shop.wallet,
            receipts=shop.receipts,
            support=shop.support,
            outbox=shop.outbox,
            staff=shop.staff,
            audit=shop.audit,
            figures=shop.figures,
            people=shop.people,
            helping=shop.helping,
            banning=shop.banning,
            personal_data=shop.personal_data,
            live=shop.live,
            closing=shop.closing,
            catalogue=shop.catalogue,
            broadcasts=shop.broadcasts,
            packs=shop.packs,
            reports=shop.reports,
            looks=shop.looks,
            referrals=shop.referrals,
            promos=shop.promos,
            codes=shop.codes,
            sharing=shop.sharing,
            storyboard=shop.storyboard,
            screenings=shop.screenings,
            soundtracks=shop.soundtracks,
            films=shop.films,
            orders=shop.orders,
            stars=shop.stars,
            card_payments=shop.card_payments,
            payments=shop.payments,
        )
        self.bot = self.telegram.bot()
        self.notifier = self._hasty(Notifier(self.bot, self.services, words))

    def restarted(self) -> Notifier:
        """A notifier of a new process: it remembers nothing."""
        self.telegram.middleware = RequestMiddlewareManager()
        return self._hasty(Notifier(self.telegram.bot(), self.services, self.words))

    def _hasty(self, notifier: Notifier) -> Notifier:
        """It never really waits for its turn: what the pace is, is tested where it is made."""

        async def no_wait(_seconds: float) -> None:
            """Time is not what these tests are about."""

        notifier._pace._sleep = no_wait
        return notifier

    async def next_message(self) -> Message:
        """The oldest message that waits, however long it still should."""
        await execute(self.shop.db, "UPDATE outbox SET due_at = '2000-01-01 00:00:00.000000' WHERE state = 'waiting'")
        (message, *_) = await self.shop.outbox.claim()
        await self.shop.outbox.mark_sent(message)
        return message

    async def approved(self, user: User) -> Take:
        """A take that was delivered and approved into the current project."""
        take = await self.shop.take_of(user)
        await self.shop.takes.sent(take.id, message_id=1000 + take.id, file_id=f"file-{take.id}")
        await self.shop.takes.approve(user.id, take.id)
        await self.next_message()
        return (await self.shop.takes.view(user.id, take.id)).take
