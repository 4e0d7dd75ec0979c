"""The file a call means: an upload, a file the bot sent before, or an address."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.telegram import media
from sandbox.telegram.call import Call
from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.files import MAX_DOWNLOAD
from sandbox.telegram.media import Hints, Upload
from sandbox.telegram.model import Json, StoredFile

# Bot API, "Sending files": by address, photos up to 5 MB, other files up to 20 MB.
MAX_PHOTO_BY_URL = 5 * 1024 * 1024
_TIMEOUT_SECONDS = 20
# MP4 is sent as either, so Telegram takes the one for the other.
_INTERCHANGEABLE = ({"video", "animation"},)


def check_attachments(call: Call) -> None:
    """Raise StricterThanTelegram for a file part that no parameter refers to."""
    mentioned = set(_references(call.params))
    for name in call.uploads:
        if name not in mentioned:
            raise StricterThanTelegram(f'no parameter uses the file "{name}"')


def _references(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.removeprefix("attach://")] if value.startswith("attach://") else []
    if isinstance(value, dict):
        return [name for item in value.values() for name in _references(item)]
    return [name for item in value for name in _references(item)] if isinstance(value, list) else []


async def attached_file(call: Call, kind: str, source: str, about: Json) -> StoredFile:
    """Return the stored file `source` stands for; `about` are the parameters that describe it.

    Raises BadRequest for an unknown file_id, one of another kind of file, and addresses beyond this machine.
    """
    if source.startswith("attach://"):
        return await media.keep(call.world.files, kind, _upload(call, source), _hints(call, about))
    if "://" in source:
        return await media.keep(call.world.files, kind, await _fetch(kind, source), _hints(call, about))
    file = call.world.files.of_bot(call.bot.id, source)
    if file.kind != kind and {file.kind, kind} not in _INTERCHANGEABLE:
        raise BadRequest(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def _upload(call: Call, source: str) -> Upload:
    upload = call.uploads.get(source.removeprefix("attach://"))
    if upload is None:
        raise BadRequest("wrong file identifier/HTTP URL specified")
    return upload


def _hints(call: Call, about: Json) -> Hints:
    thumbnail = about.get("thumbnail")
    if thumbnail and not thumbnail.startswith("attach://"):
        raise StricterThanTelegram("a thumbnail can only be uploaded")
    numbers = {name: about.get(name) for name in ("width", "height", "duration", "performer", "title")}
    return Hints(**numbers, thumbnail=_upload(call, thumbnail) if thumbnail else None)


async def _fetch(kind: str, url: str) -> Upload:
    """Download from this machine. Anywhere else is refused: the sandbox reaches nothing beyond it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or ""):
        raise StricterThanTelegram("failed to get HTTP URL content: only loopback addresses can be fetched")
    limit = MAX_PHOTO_BY_URL if kind == "photo" else MAX_DOWNLOAD
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as answer:
            data = await answer.content.read(limit + 1)
            while len(data) <= limit and (more := await answer.content.read(limit + 1 - len(data))):
                data += more
            if answer.status != 200 or len(data) > limit:
                raise BadRequest("failed to get HTTP URL content")
            return Upload(parts.path.rpartition("/")[2], data, answer.content_type)
    except (aiohttp.ClientError, TimeoutError):
        raise BadRequest("failed to get HTTP URL content") from None


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
