"""Sending text, copying, forwarding, deleting, pinning, reacting, and showing what the bot is about to do."""

from __future__ import annotations

from sandbox.telegram.call import Call, method
from sandbox.telegram.content import caption_fields, post, text_fields
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.forwarding import NOT_COPIED, forwarded
from sandbox.telegram.model import Chat, Json

# Bot API, deleteMessage: "can only be deleted if it was sent less than 48 hours ago".
DELETABLE_SECONDS = 48 * 3600
MAX_DELETED_AT_ONCE = 100
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
# Bot API, copyMessage: service messages and invoices cannot be copied.
_NEVER_COPIED = ("invoice", "successful_payment", "refunded_payment")


@method("sendMessage")
async def send_message(call: Call) -> Json:
    """Send text."""
    chat = call.chat()
    return post(call, chat, text_fields(call.params))[0]


@method("sendChatAction")
async def send_chat_action(call: Call) -> bool:
    """Show `typing` and the like."""
    chat = call.chat()
    if call.params["action"] not in _ACTIONS:
        raise BadRequest("wrong parameter action in request")
    call.world.events.publish("action", call.bot.id, chat.id, {"action": call.params["action"]})
    return True


@method("copyMessage")
async def copy_message(call: Call) -> Json:
    """Send a message's content again, as the bot's own."""
    chat, (_, original) = call.chat(), _source(call, "copy")
    if any(name in original for name in _NEVER_COPIED):
        raise BadRequest("message can't be copied")
    content = {key: value for key, value in original.items() if key not in (*NOT_COPIED, "forward_origin")}
    if "caption" in call.params and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= caption_fields(call.params)
    return {"message_id": post(call, chat, content)[0]["message_id"]}


@method("forwardMessage")
async def forward_message(call: Call) -> Json:
    """Send a message on, saying where it is from."""
    chat, (source, original) = call.chat(), _source(call, "forward")
    content, invoice = forwarded(call.world, call.bot, source, original)
    call.params["reply_markup"] = content.pop("reply_markup", None)
    return post(call, chat, content, invoice=invoice)[0]


def _source(call: Call, verb: str) -> tuple[Chat, Json]:
    source = call.known_chat(call.params["from_chat_id"])
    message = call.message(source, call.params["message_id"])
    if message is None:
        raise BadRequest(f"message to {verb} not found")
    return source, message


@method("deleteMessage")
async def delete_message(call: Call) -> bool:
    """Delete a message of either side, within 48 hours."""
    chat = call.chat()
    message = call.message(chat, call.params["message_id"])
    if message is None:
        raise BadRequest("message to delete not found")
    if call.world.clock() - message["date"] > DELETABLE_SECONDS:
        raise BadRequest("message can't be deleted for everyone")
    call.world.delete(chat, message["message_id"])
    return True


@method("deleteMessages")
async def delete_messages(call: Call) -> bool:
    """Delete several messages; those not found are passed over."""
    chat, numbers = call.chat(), call.params["message_ids"]
    if not 1 <= len(numbers) <= MAX_DELETED_AT_ONCE:
        raise BadRequest(
            "too many message identifiers specified" if numbers else "message identifiers are not specified"
        )
    for message_id in numbers:
        if call.message(chat, message_id) is not None:
            call.world.delete(chat, message_id)
    return True


@method("pinChatMessage")
async def pin_chat_message(call: Call) -> bool:
    """Pin a message."""
    chat = call.chat()
    if call.message(chat, call.params["message_id"]) is None:
        raise BadRequest("message to pin not found")
    _set_pins(
        call, chat, [pin for pin in chat.pinned if pin != call.params["message_id"]] + [call.params["message_id"]]
    )
    return True


@method("unpinChatMessage")
async def unpin_chat_message(call: Call) -> bool:
    """Unpin a message, the last pinned one if none is named."""
    chat = call.chat()
    if not chat.pinned:
        raise BadRequest("message to unpin not found")
    target = call.params.get("message_id", chat.pinned[-1])
    _set_pins(call, chat, [pin for pin in chat.pinned if pin != target])
    return True


@method("unpinAllChatMessages")
async def unpin_all_chat_messages(call: Call) -> bool:
    """Unpin all messages."""
    _set_pins(call, call.chat(), [])
    return True


def _set_pins(call: Call, chat: Chat, pins: list[int]) -> None:
    chat.pinned = pins
    call.world.chats.save(chat)


@method("setMessageReaction")
async def set_message_reaction(call: Call) -> bool:
    """Set the bot's one reaction to a message; it is shown as `reactions`, which no bot sees."""
    chat = call.chat()
    message = call.message(chat, call.params["message_id"])
    if message is None:
        raise BadRequest("message to react not found")
    reactions = call.params.get("reaction", [])
    if len(reactions) > 1:
        raise BadRequest("REACTIONS_TOO_MANY")
    if any(reaction["type"] != "emoji" for reaction in reactions):
        raise BadRequest("REACTION_INVALID")
    emoji = [reaction["emoji"] for reaction in reactions]
    call.world.events.publish("edit", call.bot.id, chat.id, call.world.shown(chat, message) | {"reactions": emoji})
    return True
