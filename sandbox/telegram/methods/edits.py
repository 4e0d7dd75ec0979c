"""Changing messages the bot sent."""

from __future__ import annotations

from sandbox.telegram.call import Call, method
from sandbox.telegram.content import caption_fields, inline_markup, own_message, text_fields
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.files import wrong_identifier
from sandbox.telegram.keyboards import pay_keyboard
from sandbox.telegram.media import KINDS, of_message
from sandbox.telegram.methods.media import media_fields
from sandbox.telegram.model import Chat, Json

_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_MARKUP = ("reply_markup",)
_MEDIA = (*KINDS, "has_media_spoiler")
_ALBUM_SWAPS = ({"photo", "video"}, {"document"}, {"audio"})
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


@method("editMessageText")
async def edit_message_text(call: Call) -> Json | bool:
    """Change the text; the keyboard goes unless it is given again."""
    if "text" not in call.params:
        raise BadRequest("message text is empty")
    chat, message = _target(call)
    content = text_fields(call.params) | _inline_only(call, message)
    if "text" not in message:
        raise BadRequest("there is no text in the message to edit")
    return _change(call, chat, message, (*_TEXT, *_MARKUP), content)


@method("editMessageCaption")
async def edit_message_caption(call: Call) -> Json | bool:
    """Change the caption; an empty one goes, and so does the keyboard unless given again."""
    chat, message = _target(call)
    content = caption_fields(call.params) | _inline_only(call, message)
    if of_message(message) is None:
        raise BadRequest("there is no caption in the message to edit")
    return _change(call, chat, message, (*_CAPTION, *_MARKUP), content)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(call: Call) -> Json | bool:
    """Change or remove the inline keyboard."""
    chat, message = _target(call)
    return _change(call, chat, message, _MARKUP, _inline_only(call, message))


@method("editMessageMedia")
async def edit_message_media(call: Call) -> Json | bool:
    """Change the file and its caption; text may become a file too, items of albums only one of their kind."""
    chat, message = _target(call)
    item, before = call.params["media"], of_message(message)
    if message.get("media_group_id") and before:
        allowed = next((swap for swap in _ALBUM_SWAPS if before[0] in swap), set())
        if item["type"] not in allowed:
            raise BadRequest("message content can't be changed to a different type in an album")
    markup = _inline_only(call, message)
    content = await media_fields(call, item["type"], item["media"], item) | markup
    return _change(call, chat, message, (*_TEXT, *_CAPTION, *_MEDIA, *_MARKUP), content)


def _target(call: Call) -> tuple[Chat, Json]:
    if "inline_message_id" in call.params:
        return _inline_target(call)
    if "chat_id" not in call.params:
        raise BadRequest("chat_id is empty")
    chat = call.chat()
    return chat, own_message(call, chat, "edit")


def _inline_target(call: Call) -> tuple[Chat, Json]:
    """Return a message sent through inline mode. Raises BadRequest for an unknown one, and for uploads into it."""
    place = call.world.inline.place_of(call.bot.id, call.params["inline_message_id"])
    chat = call.world.chats.get(call.bot.id, place[0]) if place else None
    message = call.world.chats.message(chat, place[1]) if place and chat else None
    if chat is None or message is None:
        raise BadRequest("MESSAGE_ID_INVALID")
    if call.uploads:
        raise wrong_identifier()
    return chat, message


def _inline_only(call: Call, message: Json) -> Json:
    if "inline_keyboard" not in call.params.get("reply_markup", {"inline_keyboard": []}):
        raise BadRequest("inline keyboard expected")
    if "invoice" in message:
        call.params["reply_markup"] = pay_keyboard(call.params.get("reply_markup"), message["invoice"]["total_amount"])
    return inline_markup(call.params, invoice="invoice" in message)


def _change(call: Call, chat: Chat, message: Json, replaced: tuple[str, ...], content: Json) -> Json | bool:
    """Put new content in the place of the fields it replaces. Raises BadRequest if nothing would change.

    What was sent through inline mode is in a chat the bot does not know: it only hears that it was done.
    """
    if all(message.get(key) == content.get(key) for key in replaced):
        raise BadRequest(_NOT_MODIFIED)
    inline = "inline_message_id" in call.params
    if not inline:
        call.pay_flood(chat)
    kept = {key: value for key, value in message.items() if key not in replaced}
    changed = call.world.change(chat, kept | {"edit_date": int(call.world.clock())} | content)
    return inline or changed
