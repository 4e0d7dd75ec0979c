"""Who may do what only staff may: the account itself, in its own private chat, by a message of its own."""

from __future__ import annotations

from typing import Any

from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery, Message

from services.desk import Services
from services.staff.rights import Actor, Right
from storage.tables import User


class Staff(BaseFilter):
    """Lets through whoever has a right, and hands `actor` to the handler. To all others the handler does not exist.

    It asks the database, so it stands after the filter that knows the command or the button.
    """

    def __init__(self, right: Right | None = None) -> None:
        """None: any role will do."""
        self._right = right

    async def __call__(
        self, event: Message | CallbackQuery, services: Services, user: User | None = None
    ) -> bool | dict[str, Any]:
        own = _writes_themselves(event) if isinstance(event, Message) else _taps_in_private(event)
        actor: Actor | None = await services.staff.actor(user) if own and user is not None else None
        if actor is None or (self._right is not None and not actor.may(self._right)):
            return False
        return {"actor": actor}


def _writes_themselves(message: Message) -> bool:
    """Not a forwarded or edited message, not a channel or an anonymous admin, not somebody with a similar name."""
    own = message.forward_origin is None and message.sender_chat is None and message.via_bot is None
    own = own and message.edit_date is None and not message.is_automatic_forward
    return own and message.from_user is not None and message.chat.id == message.from_user.id


def _taps_in_private(callback: CallbackQuery) -> bool:
    return callback.message is not None and callback.message.chat.id == callback.from_user.id
