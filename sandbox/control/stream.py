"""Events as Server-Sent Events, and files as a page loads them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import query_number, world_of
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.events import Event
from sandbox.telegram.world import World

routes = web.RouteTableDef()
# Comments sent now and then keep middlemen from cutting a quiet stream, and notice listeners that are gone.
_HEARTBEAT_SECONDS = 15
# Content that a browser would run is handed over as plain bytes.
_SAFE_FAMILIES = ("image/", "video/", "audio/")


@routes.get("/control/events")
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Stream events from `after` (or Last-Event-ID) on, for ever."""
    world = world_of(request)
    bot_id, person_id = query_number(request, "bot"), query_number(request, "person")
    after = _resume_point(request, world)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    await response.write(b": sandbox\n\n")
    if world.events.missed(after):
        after = world.events.last
        await response.write(_frame(Event(after, "reset", None, None, {})))
    try:
        async for event in _until_closing(world, after):
            if event is None:
                await response.write(b": still here\n\n")
            elif event.concerns(bot_id, person_id):
                await response.write(_frame(event))
    except ConnectionResetError:
        pass
    return response


def _resume_point(request: web.Request, world: World) -> int:
    header = request.headers.get("Last-Event-ID", "")
    if header.isdecimal():
        return int(header)
    after = query_number(request, "after")
    return world.events.last if after is None else after


def _frame(event: Event) -> bytes:
    return f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(event.data)}\n\n".encode()


async def _until_closing(world: World, after: int) -> AsyncIterator[Event | None]:
    """Yield events, and None whenever nothing happened for a while, until the sandbox stops."""
    while not world.closing.is_set():
        events = await world.events.wait(after, _HEARTBEAT_SECONDS)
        for event in events:
            after = event.number
            yield event
        if not events:
            yield None


@routes.get("/control/files/{file_id}")
async def show_file(request: web.Request) -> web.StreamResponse:
    """Return a file, or the range of it that is asked for."""
    files = world_of(request).files
    try:
        _, file = files.resolve(request.match_info["file_id"])
    except BadRequest:
        raise Refused("there is no such file", 404) from None
    safe = file.mime.startswith(_SAFE_FAMILIES) and "svg" not in file.mime
    headers = {"Content-Type": file.mime if safe else "application/octet-stream"}
    headers |= {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable"}
    return web.FileResponse(files.path(file), headers=headers)
