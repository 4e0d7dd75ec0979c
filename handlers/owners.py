"""Who may do what only owners may: the account itself, in its own private chat, by a message of its own."""

from __future__ import annotations

from aiogram.types import CallbackQuery, Message


async def owner_writes(message: Message, owners: frozenset[int]) -> bool:
    """Not a forwarded or edited message, not a channel or an anonymous admin, not somebody with a similar name."""
    own = message.forward_origin is None and message.sender_chat is None and message.via_bot is None
    sender = message.from_user
    return own and sender is not None and sender.id in owners and message.chat.id == sender.id


async def owner_taps(callback: CallbackQuery, owners: frozenset[int]) -> bool:
    return callback.from_user.id in owners
