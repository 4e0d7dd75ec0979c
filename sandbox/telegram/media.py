"""From uploaded bytes to stored files, and from stored files to the JSON of a message."""

from __future__ import annotations

import asyncio
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram import images, videos
from sandbox.telegram.errors import ApiError, BadRequest
from sandbox.telegram.files import MAX_PHOTO, MAX_UPLOAD, Files, unique_id
from sandbox.telegram.model import Json, StoredFile

# Above this Telegram does not look into an uploaded video (measured by others on the hosted Bot API).
PROBED_BYTES = 10 * 1024 * 1024
UNPROBED_SIDE = 320
KINDS = ("photo", "video", "animation", "audio", "voice", "document")


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    data: bytes = field(repr=False)
    mime: str = ""

    def guessed_mime(self) -> str:
        """Return the content type by the file's name, else the one it was sent with."""
        return mimetypes.guess_type(self.name)[0] or self.mime or "application/octet-stream"


@dataclass(frozen=True)
class Hints:
    """What the sender says about a file: pixels, seconds, texts, an own thumbnail."""

    width: int | None = None
    height: int | None = None
    duration: int | None = None
    performer: str | None = None
    title: str | None = None
    thumbnail: Upload | None = None


async def keep(files: Files, kind: str, upload: Upload, hints: Hints) -> StoredFile:
    """Store an upload as Telegram would and return its facts; a video that is no MP4 becomes a document.

    Raises BadRequest for empty files and pictures that cannot be read, ApiError 413 above 50 MB.
    """
    if not upload.data:
        raise BadRequest("file must be non-empty")
    if len(upload.data) > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        return await _keep_photo(files, upload)
    facts, picture = await _facts(kind, upload, hints)
    if hints.thumbnail is not None:
        own = await asyncio.to_thread(images.checked_thumbnail, hints.thumbnail.data)
        picture = own or picture
    if picture is not None:
        facts.thumbnail = (await _keep_picture(files, "thumbnail", picture)).number
    return await files.add(upload.data, facts)


async def _keep_photo(files: Files, upload: Upload) -> StoredFile:
    size = len(upload.data)
    if size > MAX_PHOTO:
        raise BadRequest(f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    pictures = await asyncio.to_thread(images.photo_sizes, upload.data)
    kept = [await _keep_picture(files, "photo", picture) for picture in pictures]
    for file in kept:
        file.sizes = [other.number for other in kept]
        files.save(file)
    return kept[-1]


async def _keep_picture(files: Files, kind: str, picture: images.Picture) -> StoredFile:
    facts = StoredFile(kind, "image/jpeg", width=picture.width, height=picture.height)
    return await files.add(picture.data, facts)


async def _facts(kind: str, upload: Upload, hints: Hints) -> tuple[StoredFile, images.Picture | None]:
    if kind == "video":
        return await _video_facts(upload, hints)
    if kind == "animation":
        return await _animation_facts(upload, hints)
    if kind in ("audio", "voice"):
        return await _sound_facts(kind, upload, hints), None
    return await _document_facts(upload)


async def _video_facts(upload: Upload, hints: Hints) -> tuple[StoredFile, images.Picture | None]:
    facts = StoredFile("video", "video/mp4", name=upload.name)
    if len(upload.data) > PROBED_BYTES:
        facts.width, facts.height = hints.width or UNPROBED_SIDE, hints.height or UNPROBED_SIDE
        facts.duration = hints.duration or 0
        return facts, None
    probe = await asyncio.to_thread(videos.probe_video, upload.data)
    if probe is None:
        return await _document_facts(upload)
    facts.width, facts.height = hints.width or probe.width, hints.height or probe.height
    facts.duration = hints.duration or probe.duration
    return facts, probe.thumbnail


async def _animation_facts(upload: Upload, hints: Hints) -> tuple[StoredFile, images.Picture | None]:
    if upload.guessed_mime() != "image/gif":
        facts, picture = await _video_facts(upload, hints)
        facts.kind = "animation" if facts.kind == "video" else facts.kind
        return facts, picture
    picture = await asyncio.to_thread(images.thumbnail, upload.data)
    width, height = hints.width or picture.width, hints.height or picture.height
    facts = StoredFile("animation", "image/gif", name=upload.name, width=width, height=height)
    facts.duration = hints.duration or 0
    return facts, picture


async def _sound_facts(kind: str, upload: Upload, hints: Hints) -> StoredFile:
    probe = await asyncio.to_thread(videos.probe_sound, upload.data)
    facts = StoredFile(kind, "audio/ogg" if kind == "voice" else upload.guessed_mime())
    facts.duration = hints.duration or (probe.duration if probe else 0)
    if kind == "audio":
        facts.name, facts.performer, facts.title = upload.name, hints.performer, hints.title
    return facts


async def _document_facts(upload: Upload) -> tuple[StoredFile, images.Picture | None]:
    facts = StoredFile("document", upload.guessed_mime(), name=upload.name)
    if not facts.mime.startswith("image/"):
        return facts, None
    try:
        return facts, await asyncio.to_thread(images.thumbnail, upload.data)
    except BadRequest:
        return facts, None


def as_json(files: Files, bot_id: int, file: StoredFile) -> Json:
    """Return the message fields for a file, such as `{"photo": [PhotoSize, …]}`, with this bot's file_ids."""
    if file.kind == "photo":
        return {"photo": [_identified(files, bot_id, number) for number in file.sizes]}
    value = _identified(files, bot_id, file.number)
    if file.kind == "animation":
        # Bot API, Message: an animation also has `document`, for old clients.
        keys = ("file_id", "file_unique_id", "thumbnail", "file_name", "mime_type", "file_size")
        return {"animation": value, "document": {key: value[key] for key in keys if key in value}}
    return {file.kind: value}


def _identified(files: Files, bot_id: int, number: int) -> Json:
    file = files.get(number)
    if file is None:
        raise BadRequest("wrong file identifier/HTTP URL specified")
    plain: dict[str, Any] = {
        "file_id": files.file_id(bot_id, file),
        "file_unique_id": unique_id(file),
        "width": file.width,
        "height": file.height,
        "duration": file.duration,
        "performer": file.performer,
        "title": file.title,
        "file_name": file.name,
        "mime_type": None if file.kind in ("photo", "thumbnail") else file.mime,
        "file_size": file.size,
        "thumbnail": _identified(files, bot_id, file.thumbnail) if file.thumbnail else None,
    }
    return {key: value for key, value in plain.items() if value is not None}


def of_message(message: Json) -> tuple[str, Json] | None:
    """Return the kind and main file (the largest size of a photo) of a message, or None for one of text."""
    for kind in KINDS:
        if kind in message:
            return kind, message[kind][-1] if kind == "photo" else message[kind]
    return None
