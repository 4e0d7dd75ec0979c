"""Sending a message on: what goes along, and what becomes of an invoice's Pay button."""

from __future__ import annotations

from sandbox.telegram.errors import BadRequest
from sandbox.telegram.invoices import Invoice
from sandbox.telegram.keyboards import pay_keyboard
from sandbox.telegram.model import Bot, Chat, Json
from sandbox.telegram.world import World

NOT_COPIED = ("message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message", "media_group_id")
_SERVICE = ("successful_payment", "refunded_payment")


def forwarded(world: World, bot: Bot, chat: Chat, message: Json) -> tuple[Json, Invoice | None]:
    """Return a forwarded copy's content, and the invoice that can be paid from it.

    Raises BadRequest for protected and service messages.
    """
    if message.get("has_protected_content") or any(name in message for name in _SERVICE):
        raise BadRequest("message can't be forwarded")
    origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    content = {key: value for key, value in message.items() if key not in NOT_COPIED}
    content.setdefault("forward_origin", origin)
    invoice = world.invoices.of_message(chat, message["message_id"])
    if invoice is None:
        return content, None
    if invoice.start_parameter:
        # Bot API, sendInvoice: with a start_parameter, copies lead to the bot instead of being paid.
        url = f"https://t.me/{bot.username}?start={invoice.start_parameter}"
        button = {"text": f"Pay ⭐ {invoice.amount}", "url": url}
        return content | {"reply_markup": {"inline_keyboard": [[button]]}}, None
    return content | {"reply_markup": pay_keyboard(None, invoice.amount)}, invoice
