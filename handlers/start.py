"""/start, /help and the ways between the main places."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery, Message

from conversation.callbacks import Go
from conversation.commands import announce_to
from conversation.credit_views import credits_view
from conversation.help_views import help_view, start_view
from conversation.project_views import projects_view
from conversation.setting_views import settings_view
from conversation.view import View
from handlers.showing import say, tell
from services.desk import Services
from storage.tables import User

PLACES = ("help", "projects", "credits", "settings")
"""Those that are shown here; the others have journeys of their own."""


async def start(message: Message, user: User, services: Services, is_new: bool) -> None:
    """Whatever the deep link carried: what it was worth was decided when they were registered."""
    actor = await services.staff.actor(user) if is_new else None
    if actor and message.bot:  # an owner the settings name already; all others have been told of their commands
        await announce_to(message.bot, user, actor)
    balance = await services.wallet.balance(user.id)
    gift = await services.referrals.gift(user.id) if is_new else 0
    await say(message, start_view(user, available=balance.available, gift=gift))


async def help_(message: Message) -> None:
    await say(message, help_view())


async def go(callback: CallbackQuery, callback_data: Go, user: User, services: Services) -> None:
    await tell(callback, await _place(callback_data, user, services))


async def _place(where: Go, user: User, services: Services) -> View:
    if where.to == "help":
        return help_view()
    if where.to == "projects":
        return projects_view(await services.projects.list(user.id))
    if where.to == "credits":
        return credits_view(await services.wallet.statement(user.id))
    return settings_view(user, lengths=services.cards.lengths, shapes=services.cards.shapes)


def router() -> Router:
    made = Router(name="start")
    made.message.register(start, CommandStart())
    made.message.register(help_, Command("help"))
    made.callback_query.register(go, Go.filter(F.to.in_(PLACES)))
    return made
