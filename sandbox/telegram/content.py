"""What a bot's message is made of: text or caption, markup, reply."""

from __future__ import annotations

from sandbox.telegram.call import Call
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.invoices import Invoice
from sandbox.telegram.keyboards import check_markup, check_pay_buttons
from sandbox.telegram.model import Chat, Json
from sandbox.telegram.text.parse import CAPTION_LIMIT, TEXT_LIMIT, check_length, parse_text


def text_fields(params: Json) -> Json:
    """Return `text` and `entities` of a message. Raises BadRequest when empty, too long or not parsable."""
    text, entities = parse_text(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text:
        raise BadRequest("message text is empty")
    check_length(text, TEXT_LIMIT, "message is too long")
    fields: Json = {"text": text} | ({"entities": entities} if entities else {})
    preview = params.get("link_preview_options")
    return fields | ({"link_preview_options": preview} if preview else {})


def caption_fields(params: Json) -> Json:
    """Return `caption` and what belongs to it, or nothing. Raises BadRequest when too long or not parsable."""
    given = params.get("caption")
    if not given:
        return {}
    caption, entities = parse_text(given, params.get("parse_mode"), params.get("caption_entities"))
    check_length(caption, CAPTION_LIMIT, "message caption is too long")
    if not caption:
        return {}
    fields: Json = {"caption": caption} | ({"caption_entities": entities} if entities else {})
    return fields | ({"show_caption_above_media": True} if params.get("show_caption_above_media") else {})


def inline_markup(params: Json, *, invoice: bool = False) -> Json:
    """Return `reply_markup` as a message shows it: only inline keyboards with buttons."""
    markup = params.get("reply_markup")
    if not markup:
        return {}
    check_markup(markup)
    check_pay_buttons(markup, invoice=invoice)
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}


def reply_fields(call: Call, chat: Chat) -> Json:
    """Return `reply_to_message` as asked for. Raises BadRequest if the message is gone and must be there."""
    reply = call.params.get("reply_parameters")
    if not reply:
        return {}
    target = call.message(chat, reply.get("message_id", 0))
    if target is not None:
        return {"reply_to_message": {key: value for key, value in target.items() if key != "reply_to_message"}}
    if reply.get("allow_sending_without_reply"):
        return {}
    raise BadRequest("message to be replied not found")


def post(call: Call, chat: Chat, *contents: Json, invoice: Invoice | None = None) -> list[Json]:
    """Send messages with these contents, and change the reply keyboard if the call says so.

    `invoice` is what the first of them lets people pay.
    """
    common = inline_markup(call.params, invoice=invoice is not None) | reply_fields(call, chat)
    if call.params.get("protect_content"):
        common["has_protected_content"] = True
    if call.params.get("message_effect_id"):
        common["effect_id"] = call.params["message_effect_id"]
    call.pay_flood(chat, len(contents))
    shown = _reply_keyboard(call, chat)
    messages = [call.world.begin_message(chat, call.bot.user()) | content | common for content in contents]
    if invoice is not None:
        call.world.invoices.place(chat, messages[0]["message_id"], invoice)
    return [call.world.post(chat, message, **shown) for message in messages]


def _reply_keyboard(call: Call, chat: Chat) -> dict[str, Json | None]:
    markup = call.params.get("reply_markup")
    if not markup or "inline_keyboard" in markup:
        return {}
    chat.reply_keyboard = None if "remove_keyboard" in markup else markup
    call.world.chats.save(chat)
    return {"reply_keyboard": chat.reply_keyboard}


def own_message(call: Call, chat: Chat, verb: str) -> Json:
    """Return the bot's message `message_id`. Raises BadRequest if it is not there, or is not the bot's."""
    if "message_id" not in call.params:
        raise BadRequest("message identifier is not specified")
    message = call.message(chat, call.params["message_id"])
    if message is None:
        raise BadRequest(f"message to {verb} not found")
    if message["from"]["id"] != call.bot.id:
        raise BadRequest(f"message can't be {verb}ed")
    return message
