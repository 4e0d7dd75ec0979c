"""The switch on the chat page: which vendor the bot shall work with.

The sandbox changes nothing by it. Whoever launches the bot says which studios there are and which one is active, looks
here what was chosen, and starts the bot with other settings.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import REQUIRED, Fields, read_fields

routes = web.RouteTableDef()
_LAUNCHED: Fields = {"studios": (list, REQUIRED), "active": (str, REQUIRED)}
_CHOICE: Fields = {"chosen": (str, REQUIRED)}


@dataclass(slots=True)
class Switch:
    """Names only. Without a launcher there are no studios, and nothing can be chosen."""

    studios: tuple[str, ...] = ()
    active: str | None = None
    chosen: str | None = None


SWITCH = web.AppKey("studio switch", Switch)


@routes.get("/control/studio")
async def show(request: web.Request) -> web.Response:
    """Return the studios, the active one, and the one that was chosen."""
    return web.json_response(asdict(request.app[SWITCH]))


@routes.put("/control/studio")
async def launched(request: web.Request) -> web.Response:
    """Take the launcher's word for which studios there are and which one is active; a choice that stands stays."""
    fields, switch = await read_fields(request, _LAUNCHED), request.app[SWITCH]
    if not all(isinstance(name, str) for name in fields["studios"]) or fields["active"] not in fields["studios"]:
        raise Refused("studios must be names, and active one of them")
    switch.studios, switch.active = tuple(fields["studios"]), fields["active"]
    if switch.chosen not in switch.studios:
        switch.chosen = switch.active
    return web.json_response(asdict(switch))


@routes.post("/control/studio")
async def choose(request: web.Request) -> web.Response:
    """Choose another studio."""
    chosen, switch = (await read_fields(request, _CHOICE))["chosen"], request.app[SWITCH]
    if chosen not in switch.studios:
        raise Refused("there is no such studio" if switch.studios else "nobody here could switch to another studio")
    switch.chosen = chosen
    return web.json_response(asdict(switch))
