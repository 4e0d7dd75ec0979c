"""The Bot API over HTTP: find bot and method, check, carry out, answer."""

from __future__ import annotations

import asyncio

from aiohttp import web

from sandbox.telegram.dispatch import carry_out, record
from sandbox.telegram.errors import ApiError, BadRequest
from sandbox.telegram.faults import Fault
from sandbox.telegram.files import MAX_DOWNLOAD
from sandbox.telegram.request import read_call
from sandbox.telegram.schema.validate import method_names
from sandbox.telegram.world import World

WORLD = web.AppKey("world", World)
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


async def handle_call(request: web.Request) -> web.Response:
    """Answer `/bot{token}/{method}`."""
    world = request.app[WORLD]
    bot = world.bots.by_token(request.match_info["token"])
    if bot is None:
        return _refusal(ApiError(401, "Unauthorized"))
    name = method_names().get(request.match_info["method"].lower())
    if name is None:
        return _refusal(ApiError(404, "Not Found"))
    try:
        params, uploads = await read_call(request)
    except ApiError as error:
        return _refusal(error)
    except UnicodeDecodeError:
        return _refusal(BadRequest("strings must be encoded in UTF-8"))
    except ValueError:  # what aiohttp says to a malformed form
        return _refusal(BadRequest("can't parse request body as multipart form"))
    faults = world.faults.strike(name, bot.id)
    answer = await _before(request, faults)
    if answer is not None:
        record(world, bot, name, params, uploads, f"fault: {', '.join(faults)}")
        return answer
    result, refused = await carry_out(world, bot, name, params, uploads, faults)
    if "drop_after" in faults:
        _cut(request)
    return _refusal(refused) if refused else web.json_response({"ok": True, "result": result})


async def _before(request: web.Request, faults: dict[str, Fault]) -> web.Response | None:
    """Return what a fault answers in the method's place, if one does."""
    if "latency" in faults:
        await asyncio.sleep(faults["latency"].seconds)
    if "drop_before" in faults:
        _cut(request)
        return web.Response()
    if "html" in faults:
        return web.Response(status=502, text=_BAD_GATEWAY, content_type="text/html")
    if "error" in faults:
        status = faults["error"].status
        return _refusal(ApiError(status, "Bad Gateway" if status == 502 else "Internal Server Error"))
    return None


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _refusal(error: ApiError) -> web.Response:
    retry_after = error.parameters.get("retry_after")
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return web.json_response(error.body(), status=error.code, headers=headers)


async def handle_file(request: web.Request) -> web.StreamResponse:
    """Answer `/file/bot{token}/{file_path}` with a file's bytes."""
    world = request.app[WORLD]
    bot = world.bots.by_token(request.match_info["token"])
    if bot is None:
        return _refusal(ApiError(401, "Unauthorized"))
    file = world.files.by_path(request.match_info["path"])
    if file is None or file.size > MAX_DOWNLOAD:
        return _refusal(ApiError(404, "Not Found"))
    return web.FileResponse(world.files.path(file), headers={"Content-Type": "application/octet-stream"})


def add_routes(app: web.Application) -> None:
    """Add the Bot API's two addresses."""
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", handle_file)
    app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", handle_call)
