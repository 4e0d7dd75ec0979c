"""Where vendors tell that work has ended. Nobody signs it, so nothing of what it says is believed or even looked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from aiohttp import StreamReader, web

MAX_BODY_BYTES = 32 * 1024 * 1024
"""RunPod sends the photo along, and the clip. Whoever is cut off takes it for lost and sends it again."""
BODY_SECONDS = 10.0
TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)

Heard = Callable[[str, str], Awaitable[None]]


def routes(heard: Heard) -> web.RouteTableDef:
    """`POST /providers/{name}/webhook/{token}`. `heard` is told the vendor and the submission's token.

    The answer is 200 whatever comes: whoever guesses tokens learns nothing.
    """
    table = web.RouteTableDef()

    @table.post("/providers/{name}/webhook/{token}")
    async def hint(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if TOKEN.fullmatch(token):
            await heard(request.match_info["name"], token)
        response = web.Response()
        if not await _read_past(request.content):
            response.force_close()
        return response

    return table


async def _read_past(body: StreamReader) -> bool:
    """Let the body go by. False: it is too long, or too slow, to wait for its end, or whoever sent it went away."""
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in body.iter_any():
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    return False
    except (TimeoutError, ConnectionResetError):
        return False
    return True
