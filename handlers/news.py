"""Whether somebody wants messages that go to many: a button below each of them, and one in /settings."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation.callbacks import news
from conversation.i18n import gettext as _
from conversation.setting_views import settings_view
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from storage.tables import User


async def no_news(_callback: CallbackQuery, user: User, services: Services, tap: Tap) -> None:
    """The message stays as it is: others like it are told apart by their buttons (services.broadcasts.sending)."""
    await services.users.want_news(user.id, wanted=False)
    await tap.answer(_("No more news from me. You can switch them on again in /settings."), window=True)


async def set_news(
    callback: CallbackQuery, callback_data: news.SetNews, user: User, services: Services, tap: Tap
) -> None:
    user = await services.users.want_news(user.id, wanted=callback_data.wanted)
    await tap.answer()
    await show(callback, settings_view(user, lengths=services.cards.lengths, shapes=services.cards.shapes))


def router() -> Router:
    made = Router(name="news")
    made.callback_query.register(no_news, news.NoNews.filter())
    made.callback_query.register(set_news, news.SetNews.filter())
    return made
