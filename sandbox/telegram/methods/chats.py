"""What a bot may ask about a chat."""

from __future__ import annotations

from sandbox.telegram.call import Call, method
from sandbox.telegram.model import Json

# Bot API, ChatFullInfo: these are required in every answer.
_ACCENT = {"accent_color_id": 0, "max_reaction_count": 11}
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


@method("getChat")
async def get_chat(call: Call) -> Json:
    """Return a chat in full."""
    chat = call.known_chat(call.params["chat_id"])
    person = call.world.people.get(chat.id)
    about: Json = (person.chat() if person else chat.about()) | _ACCENT
    about["accepted_gift_types"] = dict.fromkeys(_GIFTS, False)
    if person and person.username:
        about["active_usernames"] = [person.username]
    pinned = call.world.chats.message(chat, chat.pinned[-1]) if chat.pinned else None
    return about | ({"pinned_message": pinned} if pinned else {})
