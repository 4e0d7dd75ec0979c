"""How the control API refuses: `{"error": sentence}`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.telegram.errors import ApiError

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """A request that cannot be done; `status` is the HTTP status."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


@web.middleware
async def refusals_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turn refusals below /control into JSON; browsers' requests from other sites are refused.

    Any site a browser shows could otherwise post to a sandbox on the same machine.
    """
    if not request.path.startswith("/control"):
        return await handler(request)
    origin = request.headers.get("Origin")
    if origin and origin.partition("://")[2] != request.host:
        return web.json_response({"error": "requests from other sites are refused"}, status=403)
    try:
        return await handler(request)
    except Refused as refused:
        return web.json_response({"error": refused.sentence}, status=refused.status)
    except ApiError as error:
        sentence = error.description.removeprefix("Bad Request: ")
        return web.json_response({"error": sentence}, status=error.code)
    except web.HTTPException as error:
        return web.json_response({"error": error.reason}, status=error.status)
