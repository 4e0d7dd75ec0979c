"""Answering taps on inline buttons."""

from __future__ import annotations

from sandbox.telegram.call import Call, method
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Json
from sandbox.telegram.text.entities import units

MAX_ANSWER = 200


@method("answerCallbackQuery")
async def answer_callback_query(call: Call) -> bool:
    """Stop the button's spinner, with a toast or an alert if there is a text."""
    text = call.params.get("text")
    if text and units(text) > MAX_ANSWER:
        raise BadRequest("MESSAGE_TOO_LONG")
    query = call.world.queries.answer(call.bot.id, call.params["callback_query_id"])
    if query is None:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    answer: Json = {"callback_query_id": query.id, "message_id": query.message_id, "text": text}
    answer |= {"show_alert": call.params.get("show_alert", False), "url": call.params.get("url")}
    call.world.events.publish("answer", call.bot.id, query.person_id, answer)
    return True
