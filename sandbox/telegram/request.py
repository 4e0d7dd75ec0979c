"""Reading a Bot API request: query string, form, multipart form or JSON, as the Bot API allows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.telegram.errors import ApiError, BadRequest
from sandbox.telegram.files import MAX_UPLOAD
from sandbox.telegram.media import Upload
from sandbox.telegram.model import Json

# Room for the other parts of a form beside a file of the largest size.
MAX_BODY = MAX_UPLOAD + 2 * 1024 * 1024
_CHUNK = 256 * 1024


async def read_call(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Return parameters (strings, or JSON values from a JSON body) and file parts by name.

    Raises ApiError 413 for a body above 50 MB and a little.
    """
    params: Json = dict(request.query)
    if (request.content_length or 0) > MAX_BODY:
        raise too_large()
    if request.content_type == "application/json":
        params |= read_json(await request.text())
    elif request.content_type.startswith("multipart/"):
        texts, uploads = await read_multipart(await request.multipart())
        return params | texts, uploads
    elif request.method == "POST":
        params |= {name: str(value) for name, value in (await request.post()).items()}
    return params, {}


def too_large() -> ApiError:
    """Return the refusal of a body that is too large."""
    return ApiError(413, "Request Entity Too Large")


def read_json(text: str) -> Json:
    """Return the parameters in a JSON body. Raises BadRequest for anything but an object."""
    try:
        body: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        raise BadRequest("can't parse request body as JSON") from None
    if not isinstance(body, dict):
        raise BadRequest("can't parse request body as JSON")
    return body


async def read_multipart(reader: AsyncIterable[object]) -> tuple[dict[str, str], dict[str, Upload]]:
    """Return the text parts and the file parts of a form, by name. Raises ApiError 413 when it grows too large."""
    texts: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    room = MAX_BODY
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise BadRequest("can't parse request body as multipart form")
        data = await _read_part(part, room)
        room -= len(data)
        if part.filename is None:
            texts[part.name] = data.decode()
        else:
            uploads[part.name] = Upload(part.filename, data, part.headers.get("Content-Type", ""))
    return texts, uploads


async def _read_part(part: BodyPartReader, room: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        data += chunk
        if len(data) > room:
            raise too_large()
    return bytes(data)
