"""Inline queries, and what people send each other."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, bot_of, person_of, read_fields, world_of
from sandbox.telegram.model import Person
from sandbox.telegram.sharing import CHAT_TYPES, Sharing

routes = web.RouteTableDef()
# How long the page waits for results; Telegram's apps give up about then.
WAIT_SECONDS = 10.0
_CHAT = r"/control/chats/{bot_id:\d+}/{person_id:\d+}"
_QUERY: Fields = {
    "query": (str, REQUIRED),
    "offset": (str, OPTIONAL),
    "chat_type": (str, OPTIONAL),
    "seconds": (float, OPTIONAL),
}
_CHOICE: Fields = {"query_id": (str, REQUIRED), "result_id": (str, REQUIRED), "to": (int, REQUIRED)}
_SHARE: Fields = {"to": (int, REQUIRED), "message_id": (int, OPTIONAL), "text": (str, OPTIONAL)}


@routes.post(_CHAT + "/inline")
async def ask(request: web.Request) -> web.Response:
    """Put an inline query to the bot and return its results."""
    fields = await read_fields(request, _QUERY)
    chat_type = fields.get("chat_type", "private")
    if chat_type not in CHAT_TYPES:
        raise Refused(f"chat_type must be one of {', '.join(CHAT_TYPES)}")
    seconds = fields.get("seconds", WAIT_SECONDS)
    sharing = _sharing(request)
    return web.json_response(await sharing.ask(fields["query"], fields.get("offset", ""), chat_type, seconds))


@routes.post(_CHAT + "/inline/send")
async def send_result(request: web.Request) -> web.Response:
    """Send one of the results to somebody."""
    fields = await read_fields(request, _CHOICE)
    message = _sharing(request).send_result(fields["query_id"], fields["result_id"], _addressee(request, fields["to"]))
    return web.json_response({"message": message})


@routes.post(_CHAT + "/share")
async def share(request: web.Request) -> web.Response:
    """Forward a message to somebody, or write to them."""
    fields: dict[str, Any] = await read_fields(request, _SHARE)
    if ("message_id" in fields) == ("text" in fields):
        raise Refused("say either message_id or text")
    sharing, to = _sharing(request), _addressee(request, fields["to"])
    by_number = "message_id" in fields
    message = sharing.forward(fields["message_id"], to) if by_number else sharing.say(fields["text"], to)
    return web.json_response({"message": message})


def _sharing(request: web.Request) -> Sharing:
    return Sharing(world_of(request), bot_of(request), person_of(request))


def _addressee(request: web.Request, person_id: int) -> Person:
    person = world_of(request).people.get(person_id)
    if person is None or person.deleted:
        raise Refused("there is nobody with the id in to", 404)
    return person
