"""What the player's page loads: its own scripts and styles, under an address that changes whenever they do."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

STATIC: Final = Path(__file__).parent / "static"
FOR_EVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Assets:
    """All files of the folder, read once. Scripts import each other, so one digest of them all is in every address."""

    def __init__(self, folder: Path = STATIC) -> None:
        found = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES)
        self._files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
        self._digest = hashlib.sha256(repr(self._files).encode()).hexdigest()[:16]

    @property
    def base(self) -> str:
        """What the names of files are put behind."""
        return f"/p/assets/{self._digest}"

    def routes(self) -> web.RouteTableDef:
        """`GET /p/assets/{digest}/{name}`."""
        table = web.RouteTableDef()

        @table.get("/p/assets/{digest}/{name:.+}")
        async def asset(request: web.Request) -> web.Response:
            name = request.match_info["name"]
            if name not in self._files:
                raise web.HTTPNotFound
            # A page of another version, as while a new one is rolled out: it gets ours, but may not keep it.
            keep = FOR_EVER if request.match_info["digest"] == self._digest else "no-cache"
            headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff"}
            return web.Response(
                body=self._files[name], content_type=_TYPES[Path(name).suffix], charset="utf-8", headers=headers
            )

        return table
