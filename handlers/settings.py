"""/settings: language, and what new drafts begin with."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversation.callbacks import SetLanguage, SetLength, SetShape
from conversation.commands import announce_to
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.setting_views import settings_view
from conversation.view import View
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from services.errors import ChoiceNotOffered
from storage.tables import User


async def settings(message: Message, user: User, services: Services) -> None:
    await say(message, _view(user, services))


async def set_language(
    callback: CallbackQuery,
    callback_data: SetLanguage,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
    bot: Bot,
) -> None:
    async with tap.forgiving():
        user = await services.users.choose_language(user.id, callback_data.language)
    actor = await services.staff.actor(user)
    with notifier.words.speaking(user.language):
        await tap.answer(_("✓ We speak English now"))
        await show(callback, _view(user, services))
        if actor is not None:
            await announce_to(bot, user, actor)


async def set_length(
    callback: CallbackQuery, callback_data: SetLength, user: User, services: Services, tap: Tap
) -> None:
    async with tap.forgiving():
        if callback_data.seconds not in services.cards.lengths:
            raise ChoiceNotOffered(f"{callback_data.seconds} s")
        user = await services.users.choose_defaults(user.id, default_duration_s=callback_data.seconds)
    await tap.answer()
    await show(callback, _view(user, services))


async def set_shape(callback: CallbackQuery, callback_data: SetShape, user: User, services: Services, tap: Tap) -> None:
    shape = None if callback_data.shape == "photo" else callback_data.shape
    user = await services.users.choose_defaults(user.id, default_shape=shape)
    await tap.answer()
    await show(callback, _view(user, services))


def _view(user: User, services: Services) -> View:
    return settings_view(user, lengths=services.cards.lengths, shapes=services.cards.shapes)


def router() -> Router:
    made = Router(name="settings")
    made.message.register(settings, Command("settings"))
    made.callback_query.register(set_language, SetLanguage.filter())
    made.callback_query.register(set_length, SetLength.filter())
    made.callback_query.register(set_shape, SetShape.filter())
    return made
