"""Somebody blocked the bot, or came back."""

from __future__ import annotations

from aiogram import Router
from aiogram.enums import ChatMemberStatus
from aiogram.types import ChatMemberUpdated

from services.desk import Services
from storage.tables import User


async def is_private(event: ChatMemberUpdated) -> bool:
    return event.chat.type == "private"


async def changed(event: ChatMemberUpdated, user: User, services: Services) -> None:
    """Who is back is reachable again by having been met, and gets what was finished meanwhile."""
    if event.new_chat_member.status == ChatMemberStatus.KICKED:
        await services.users.mark_unreachable(user.id)
    elif event.new_chat_member.status == ChatMemberStatus.MEMBER:
        await services.takes.send_what_never_arrived(user.id)
        await services.films.send_what_never_arrived(user.id)


def router() -> Router:
    made = Router(name="members")
    made.my_chat_member.register(changed, is_private)
    return made
