"""The message that offers to pay an order by card: it shows how the order stands, and there is one of it."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from conversation.draft_card import continued_view
from conversation.i18n import Words
from conversation.order_views import order_view
from conversation.view import View
from services.desk import Services
from services.payments.facts import STRIPE
from services.payments.orders import OrderView
from storage.tables import User

log = structlog.get_logger(__name__)


class OrderMessage:
    def __init__(self, bot: Bot, services: Services, words: Words) -> None:
        self._bot = bot
        self._services = services
        self._words = words

    async def redraw(self, user: User, view: OrderView) -> None:
        # Telegram itself changes an invoice in Stars.
        if view.order.message_id is not None and view.order.rail == STRIPE:
            with self._words.speaking(user.language):
                shown = order_view(view)
            await self._edit(user, view.order.message_id, shown)

    async def bring_down(self, user: User, order_id: int) -> None:
        """Show an order anew, where it is seen; its earlier message offers nothing any more."""
        view = await self._services.orders.view(user.id, order_id)
        with self._words.speaking(user.language):
            shown, ended = order_view(view), continued_view()
        sent = await self._bot.send_message(user.telegram_id, shown.text, reply_markup=shown.keyboard)
        await self._services.orders.shown(order_id, message_id=sent.message_id)
        if view.order.message_id is not None:
            await self._edit(user, view.order.message_id, ended)
        await self.look_again(user, view)

    async def look_again(self, user: User, shown: OrderView) -> None:
        """After its message was made to show an order: what came while that was on its way went to no message, or to
        an earlier one, or is drawn over now.
        """
        now = await self._services.orders.view(user.id, shown.order.id)
        if now.order.state != shown.order.state:
            await self.redraw(user, now)

    async def _edit(self, user: User, message_id: int, view: View) -> None:
        try:
            await self._bot.edit_message_text(
                view.text, chat_id=user.telegram_id, message_id=message_id, reply_markup=view.keyboard
            )
        except TelegramBadRequest as refused:
            # Unchanged, or deleted by its owner: there is nothing to bring up to date.
            log.debug("order's message not edited", why=refused.message)
