"""Groups and channels: somebody makes one with the bot in it, and people speak there."""

from __future__ import annotations

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, bot_of, person_of, read_fields, world_of
from sandbox.telegram.groups import Gathering

routes = web.RouteTableDef()
_GROUPS = r"/control/chats/{bot_id:\d+}/{person_id:\d+}/groups"
_GROUP = _GROUPS + r"/{group_id:-\d+}"
_SAID: Fields = {"text": (str, REQUIRED), "anonymous": (bool, OPTIONAL)}


@routes.post(_GROUPS)
async def found(request: web.Request) -> web.Response:
    """Make a group, supergroup or channel and add the bot."""
    fields = await read_fields(request, {"title": (str, REQUIRED), "type": (str, OPTIONAL)})
    kind, title = fields.get("type", "group"), fields["title"]
    made = Gathering.found(world_of(request), bot_of(request), person_of(request), kind, title)
    return web.json_response(made.chat.about())


@routes.get(_GROUP)
async def show(request: web.Request) -> web.Response:
    """Return what was said there."""
    group = _group(request)
    return web.json_response(group.chat.about() | {"messages": group.world.chats.messages(group.chat)})


@routes.post(_GROUP + "/messages")
async def say(request: web.Request) -> web.Response:
    """Write there as the person, or `anonymous` in the chat's own name."""
    fields = await read_fields(request, _SAID)
    said = _group(request).say(person_of(request), fields["text"], anonymous=fields.get("anonymous", False))
    return web.json_response({"messages": [said]})


@routes.post(_GROUP + "/edits")
async def edit(request: web.Request) -> web.Response:
    """Edit what the person wrote there."""
    fields = await read_fields(request, {"message_id": (int, REQUIRED), "text": (str, REQUIRED)})
    return web.json_response(_group(request).edit(person_of(request), fields["message_id"], fields["text"]))


def _group(request: web.Request) -> Gathering:
    world, bot = world_of(request), bot_of(request)
    chat = world.chats.get(bot.id, int(request.match_info["group_id"]))
    if chat is None:
        raise Refused("there is no such group", 404)
    return Gathering(world, bot, chat)
