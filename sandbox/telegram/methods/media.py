"""Sending files, one by one and as albums."""

from __future__ import annotations

import random

from sandbox.telegram.attachments import attached_file
from sandbox.telegram.call import Call, method
from sandbox.telegram.content import caption_fields, post
from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.media import as_json
from sandbox.telegram.model import Json

ALBUM_SIZES = range(2, 11)
_ALONE = ("document", "audio")
_ALBUM_KINDS = ("photo", "video", "document", "audio")


async def media_fields(call: Call, kind: str, source: str, about: Json) -> Json:
    """Return the content of a message with one file: the file, its caption, its flags."""
    caption = caption_fields(about)
    file = await attached_file(call, kind, source, about)
    content = as_json(call.world.files, call.bot.id, file) | caption
    if about.get("has_spoiler"):
        content["has_media_spoiler"] = True
    if about.get("start_timestamp") and "video" in content:
        content["video"]["start_timestamp"] = about["start_timestamp"]
    if about.get("cover") and "video" in content:
        cover = await attached_file(call, "photo", about["cover"], {})
        content["video"]["cover"] = as_json(call.world.files, call.bot.id, cover)["photo"]
    return content


@method("sendPhoto", "sendVideo", "sendDocument", "sendAudio", "sendVoice", "sendAnimation")
async def send_file(call: Call) -> Json:
    """Send one file."""
    chat = call.chat()
    kind = call.method.removeprefix("send").lower()
    return post(call, chat, await media_fields(call, kind, call.params[kind], call.params))[0]


@method("sendMediaGroup")
async def send_media_group(call: Call) -> list[Json]:
    """Send an album: 2 to 10 photos and videos, or documents only, or sounds only."""
    chat, items = call.chat(), call.params["media"]
    _check_album(items)
    contents = [await media_fields(call, item["type"], item["media"], item) for item in items]
    group = {"media_group_id": str(random.getrandbits(53))}  # only has to differ from its neighbours
    return post(call, chat, *(content | group for content in contents))


def _check_album(items: list[Json]) -> None:
    if len(items) not in ALBUM_SIZES:
        raise StricterThanTelegram("a media group has 2 to 10 items")
    kinds = {item["type"] for item in items}
    if kinds - set(_ALBUM_KINDS):
        raise BadRequest(f"can't use {(kinds - set(_ALBUM_KINDS)).pop()} in an album")
    for kind in _ALONE:
        if kind in kinds and len(kinds) > 1:
            raise BadRequest(f"{kind.capitalize()} can't be mixed with other media types")
