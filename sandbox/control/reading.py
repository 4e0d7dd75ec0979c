"""Reading control requests: the bot and person in the address, the fields of a JSON body."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.telegram.actions import Actions
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Bot, Json, Person
from sandbox.telegram.request import read_json
from sandbox.telegram.schema.validate import is_unicode
from sandbox.telegram.server import WORLD
from sandbox.telegram.world import World

# What a field may hold: int, str, float or bool; None as second member says it may be left out.
Fields = dict[str, tuple[type, bool]]
REQUIRED, OPTIONAL = True, False


async def read_object(request: web.Request) -> Json:
    """Return the JSON body. Raises Refused for anything but an object."""
    try:
        return read_json(await request.text())
    except BadRequest:
        raise Refused("the body must be a JSON object") from None


async def read_fields(request: web.Request, fields: Fields) -> Json:
    """Return the JSON body's fields. Raises Refused for unknown, missing or mistyped ones."""
    body = await read_object(request)
    if unknown := body.keys() - fields.keys():
        raise Refused(f"unknown field: {', '.join(sorted(unknown))}")
    given = {name: value for name, value in body.items() if value is not None}
    for name, (kind, required) in fields.items():
        if name in given:
            given[name] = _typed(name, kind, given[name])
        elif required:
            raise Refused(f"{name} is missing")
    return given


def _typed(name: str, kind: type, value: Any) -> Any:
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise Refused(f"{name} must be of type {kind.__name__}")
    if kind is str and not is_unicode(value):
        raise Refused(f"{name} is not Unicode text")
    return value


def query_number(request: web.Request, name: str) -> int | None:
    """Return a number from the query string, None if it is not there."""
    text = request.query.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise Refused(f"{name} must be a number")
    return int(text)


def world_of(request: web.Request) -> World:
    """Return the world the application serves."""
    return request.app[WORLD]


def bot_of(request: web.Request) -> Bot:
    """Return the bot named in the address. Raises Refused 404."""
    bot = world_of(request).bots.get(int(request.match_info["bot_id"]))
    if bot is None:
        raise Refused("there is no such bot", 404)
    return bot


def person_of(request: web.Request) -> Person:
    """Return the person named in the address. Raises Refused 404."""
    person = world_of(request).people.get(int(request.match_info["person_id"]))
    if person is None or person.deleted:
        raise Refused("there is no such person", 404)
    return person


def actions_of(request: web.Request) -> Actions:
    """Return what the person in the address can do with the bot in the address."""
    return Actions(world_of(request), bot_of(request), person_of(request))
