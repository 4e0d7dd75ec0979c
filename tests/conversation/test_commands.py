"""Who is told which commands, and that nobody goes without because of somebody else."""

from __future__ import annotations

from typing import Any

from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeChat

from conversation.commands import announce
from conversation.i18n import LANGUAGES, Words
from services.staff.members import Member
from services.staff.rights import Role
from storage.tables import User

BLOCKED = 11


class Telegram:
    """Takes commands, but not for somebody who has blocked the bot."""

    def __init__(self) -> None:
        self.menus: dict[Any, list[str]] = {}

    async def set_my_commands(
        self, commands: list[BotCommand], scope: BotCommandScopeChat | None = None, language_code: str | None = None
    ) -> None:
        if scope is not None and scope.chat_id == BLOCKED:
            raise TelegramForbiddenError(SetMyCommands(commands=commands), "bot was blocked by the user")
        self.menus[scope.chat_id if scope else language_code] = [one.command for one in commands]

    async def set_my_description(self, _text: str, language_code: str | None) -> None: ...

    async def set_my_short_description(self, _text: str, language_code: str | None) -> None: ...


def member(telegram_id: int, role: Role) -> Member:
    return Member(User(id=telegram_id, telegram_id=telegram_id, first_name="Ana", language="es"), role)


async def test_somebody_who_blocked_the_bot_keeps_no_other_from_their_commands() -> None:
    telegram: Any = Telegram()
    await announce(telegram, Words(), [member(BLOCKED, Role.OWNER), member(12, Role.SUPPORT)])
    assert set(telegram.menus) == {None, *LANGUAGES, 12} - {"en"}
    assert "people" in telegram.menus[12]
    assert "staff" not in telegram.menus[12]
    assert "people" not in telegram.menus[None]
