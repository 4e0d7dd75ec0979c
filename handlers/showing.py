"""Putting a view into the chat."""

from __future__ import annotations

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from conversation.faults import says_unchanged
from conversation.view import View


async def say(message: Message, view: View) -> None:
    await message.answer(view.text, reply_markup=view.keyboard)


async def show(callback: CallbackQuery, view: View) -> int | None:
    """In the message whose button was tapped, if it is a text that can still be edited; else in a new one.

    Returns the id of that message.
    """
    message = callback.message
    if isinstance(message, Message) and message.text is not None:
        try:
            await message.edit_text(view.text, reply_markup=view.keyboard)
        except TelegramBadRequest as refused:
            if says_unchanged(refused):
                return message.message_id
        else:
            return message.message_id
    return await tell(callback, view)


async def tell(callback: CallbackQuery, view: View) -> int | None:
    """In a new message to whoever tapped. Returns its id."""
    if callback.bot is None:
        return None
    sent = await callback.bot.send_message(callback.from_user.id, view.text, reply_markup=view.keyboard)
    return sent.message_id
