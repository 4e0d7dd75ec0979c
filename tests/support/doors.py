"""The commands that only staff has, as the routers know them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aiogram import Router
from aiogram.filters import Command

from handlers import admin
from handlers.admin.door import Staff
from services.staff.rights import RIGHTS, Right, Role


def _behind_the_door(router: Router) -> Iterator[tuple[str, Right | None]]:
    for handler in router.message.handlers:
        filters = [one.callback for one in handler.filters or []]
        named = [name for one in filters if isinstance(one, Command) for name in one.commands]
        rights = [one._right for one in filters if isinstance(one, Staff)]
        yield from ((str(name), right) for name in named for right in rights)
    for inner in router.sub_routers:
        yield from _behind_the_door(inner)


COMMANDS: Final[dict[str, Right | None]] = dict(_behind_the_door(admin.router()))
"""With the right that each demands; None: any role will do."""


def may(role: Role | None, command: str) -> bool:
    right = COMMANDS[command]
    return role is not None and (right is None or right in RIGHTS[role])
