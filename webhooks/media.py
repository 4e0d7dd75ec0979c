"""Media of the local store, through signed links that expire. With S3 the store's own links are used instead."""

from __future__ import annotations

from pathlib import PurePosixPath

from aiohttp import web

from storage.objects.base import InvalidKey, ObjectMissing
from storage.objects.local import LocalStore

HEADERS = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}


# What the system's own table of endings may lack; browsers are told not to guess.
_KINDS = {".m4a": "audio/mp4", ".mp4": "video/mp4", ".jpg": "image/jpeg"}


def routes(store: LocalStore) -> web.RouteTableDef:
    """`GET /media/{key}?expires=&signature=`. Whatever is wrong with a link, the answer is 404: it tells nothing."""
    table = web.RouteTableDef()

    @table.get("/media/{key:.+}")
    async def media(request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        try:
            store.verify(key, request.query.get("expires", ""), request.query.get("signature", ""))
            return web.FileResponse(store.path(key), headers=HEADERS | _kind(key))
        except (InvalidKey, ObjectMissing, PermissionError) as refused:
            raise web.HTTPNotFound from refused

    return table


def _kind(key: str) -> dict[str, str]:
    kind = _KINDS.get(PurePosixPath(key).suffix)
    return {"Content-Type": kind} if kind else {}
