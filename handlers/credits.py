"""/credits: the balance and its history, page by page."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversation.callbacks import CreditsPage, ReceiptsPage
from conversation.credit_views import credits_view
from conversation.receipts_view import receipts_view
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from storage.tables import User


async def credits_(message: Message, user: User, services: Services) -> None:
    await say(message, credits_view(await services.wallet.statement(user.id)))


async def page(callback: CallbackQuery, callback_data: CreditsPage, user: User, services: Services, tap: Tap) -> None:
    view = credits_view(await services.wallet.statement(user.id, callback_data.page))
    await tap.answer()
    await show(callback, view)


async def receipts(
    callback: CallbackQuery, callback_data: ReceiptsPage, user: User, services: Services, tap: Tap
) -> None:
    view = receipts_view(await services.receipts.of(user.id, callback_data.page))
    await tap.answer()
    await show(callback, view)


def router() -> Router:
    made = Router(name="credits")
    made.message.register(credits_, Command("credits"))
    made.callback_query.register(page, CreditsPage.filter())
    made.callback_query.register(receipts, ReceiptsPage.filter())
    return made
