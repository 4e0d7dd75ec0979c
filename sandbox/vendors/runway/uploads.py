"""Runway's uploads: an address and fields for a form, and a runway:// name for what is sent there."""

from __future__ import annotations

import mimetypes
import secrets
from pathlib import PurePosixPath

from aiohttp import BodyPartReader, web

from sandbox.store import Json
from sandbox.vendors.house import House
from sandbox.vendors.photos import BadPhoto
from sandbox.vendors.runway.voice import VOICE, invalid, invalid_asset
from sandbox.vendors.visit import Refusal, Visit, Voice, add_call

SCHEME = "runway://"
MIN_BYTES, MAX_BYTES = 512, 200 * 1024 * 1024
KEPT_SECONDS = 24 * 3600
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
_CHUNK = 256 * 1024
_TARGET = "/vendors/runway-uploads"


def add_uploads(app: web.Application) -> None:
    """Serve `/v1/uploads` and the place uploads are sent to."""
    # The form carries its permission in its fields; it is another host's at Runway, and asks for no key.
    form_voice = Voice("runway", lambda _: None, VOICE.error, VOICE.no_credit)
    add_call(app, VOICE, "upload", "POST /runway/v1/uploads", _begin)
    add_call(app, form_voice, "upload", f"POST {_TARGET}/{{upload}}", _take)


async def _begin(visit: Visit) -> web.Response:
    body = await visit.body()
    filename, kind = body.get("filename"), body.get("type")
    if not isinstance(filename, str) or not filename or kind != "ephemeral":
        path = "type" if isinstance(filename, str) and filename else "filename"
        raise invalid([{"code": "invalid_value", "path": [path], "message": "Invalid input"}])
    if mimetypes.guess_type(PurePosixPath(filename).name)[0] not in IMAGE_TYPES:
        raise invalid_asset("filename", "The sandbox takes pictures only (refused by the sandbox only)")
    visit.afford(1)  # without bought credits nothing may be uploaded
    upload = secrets.token_urlsafe(16)
    policy = secrets.token_urlsafe(24)
    expires = visit.house.clock() + KEPT_SECONDS
    _save(visit.house, {"id": upload, "policy": policy, "expires": expires, "photo": None, "bad": None})
    fields = {"key": upload, "policy": policy}
    url = f"{visit.root}{_TARGET}/{upload}"
    return web.json_response({"uploadUrl": url, "fields": fields, "runwayUri": f"{SCHEME}{upload}"})


async def _take(visit: Visit) -> web.Response:
    """Take a form: all fields first, the file last, as S3 wants it."""
    upload = find_upload(visit.house, visit.request.match_info["upload"])
    if upload is None:
        raise Refusal(404, "no such upload")
    if not visit.request.content_type.startswith("multipart/"):
        raise Refusal(400, "a form is needed")
    data, fields = await _read_form(visit.request)
    if fields.get("key") != upload["id"] or fields.get("policy") != upload["policy"]:
        raise Refusal(403, "the form's fields are not those that were given")
    if len(data) < MIN_BYTES:
        raise Refusal(400, "EntityTooSmall")
    try:
        upload["photo"] = await visit.house.photos.add(data)
    except BadPhoto as bad:
        upload["bad"] = str(bad)
    _save(visit.house, upload)
    return web.Response(status=204)


async def _read_form(request: web.Request) -> tuple[bytes, dict[str, str]]:
    fields: dict[str, str] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise Refusal(400, "nested forms are refused")
        if part.filename is None:
            fields[part.name or ""] = await part.text()
            continue
        data = bytearray()
        while chunk := await part.read_chunk(_CHUNK):
            data += chunk
            if len(data) > MAX_BYTES:
                raise Refusal(400, "EntityTooLarge")
        return bytes(data), fields  # what comes after the file is not read, as at S3
    raise Refusal(400, "the form has no file")


def find_upload(house: House, name: str) -> Json | None:
    """Return an upload that is not too old."""
    known = (one for one in house.store.load("upload") if one["id"] == name)
    return next((one for one in known if one["expires"] > house.clock()), None)


def _save(house: House, upload: Json) -> None:
    house.store.put("upload", upload["id"], upload)
