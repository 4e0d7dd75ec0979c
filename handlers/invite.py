"""/invite: one's own link as a card to show, to copy and to send on, and what it brought so far."""

from __future__ import annotations

import asyncio

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from conversation.callbacks import Go
from conversation.invite_views import STRANGERS_START, invitation_link, invite_view
from handlers.start import start
from media.qr import qr_card
from services.desk import Services
from storage.tables import User


async def invite(_message: Message, bot: Bot, user: User, services: Services) -> None:
    await _send(bot, user, services)


async def invite_by_button(_callback: CallbackQuery, bot: Bot, user: User, services: Services) -> None:
    await _send(bot, user, services)


async def start_to_invite(message: Message, bot: Bot, user: User, services: Services, is_new: bool) -> None:
    """They asked the bot from another chat before they had an account: now they get what they asked for."""
    await start(message, user, services, is_new)
    await _send(bot, user, services)


async def _send(bot: Bot, user: User, services: Services) -> None:
    me, invitation = await bot.me(), await services.referrals.invitation(user.id)
    link = invitation_link(me.username or "", invitation.code)
    card = await asyncio.to_thread(qr_card, link, me.first_name, f"@{me.username}")
    view = invite_view(invitation, link, inline=bool(me.supports_inline_queries))
    picture = BufferedInputFile(card, "invitation.jpg")
    await bot.send_photo(user.telegram_id, picture, caption=view.text, reply_markup=view.keyboard)


def router() -> Router:
    made = Router(name="invite")
    made.message.register(invite, Command("invite"))
    made.message.register(start_to_invite, CommandStart(deep_link=True, magic=F.args == STRANGERS_START))
    made.callback_query.register(invite_by_button, Go.filter(F.to == "invite"))
    return made
