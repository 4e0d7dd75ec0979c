"""A section of what staff sees: a command and a button that show the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.admin.sections import SECTIONS
from conversation.view import View
from handlers.admin.door import Staff
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from services.staff.rights import Actor

Opening = Callable[[Services, Actor, str, int], Awaitable[View]]
"""What to show, from what was written after the command (from a button: nothing) and the page."""


def section_router(name: str, opening: Opening) -> Router:
    """A router with the command `name` and the button that leads to the same place."""
    right = next(section.right for section in SECTIONS if section.command == name)

    async def by_command(message: Message, command: CommandObject, services: Services, actor: Actor) -> None:
        await say(message, await opening(services, actor, (command.args or "").strip(), 0))

    async def by_button(
        callback: CallbackQuery, callback_data: callbacks.AdminPlace, services: Services, actor: Actor, tap: Tap
    ) -> None:
        view = await opening(services, actor, "", callback_data.page)
        await tap.answer()
        await show(callback, view)

    made = Router(name=name)
    made.message.register(by_command, Command(name), Staff(right))
    made.callback_query.register(by_button, callbacks.AdminPlace.filter(F.to == name), Staff(right))
    return made
