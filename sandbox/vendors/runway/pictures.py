"""From the address of a picture to its bytes: data URIs and uploads. The sandbox loads nothing from elsewhere."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from urllib.parse import urlsplit

from sandbox.vendors.house import House
from sandbox.vendors.photos import BadPhoto
from sandbox.vendors.runway.uploads import IMAGE_TYPES, SCHEME, find_upload
from sandbox.vendors.runway.voice import invalid_asset

MAX_DATA_URI = 5 * 1024 * 1024  # encoded
MAX_URL = 2048
_DATA_URI = re.compile(r"data:(?P<kind>[\w.+-]+/[\w.+-]+)?(?:;[\w=.-]+)*;base64,(?P<data>[A-Za-z0-9+/]*={0,2})")
_FIELD = "promptImage"


async def read_picture(house: House, address: str) -> str:
    """Return the name of the kept photo.

    Raises Refusal for an address Runway would not take, BadPhoto for bytes that turn out to be no photo.
    """
    if address.startswith("data:"):
        return await house.photos.add(_decoded(address))
    if address.startswith(SCHEME):
        upload = find_upload(house, address.removeprefix(SCHEME))
        if upload is None or (upload["photo"] is None and upload["bad"] is None):
            raise invalid_asset(_FIELD, "Failed to fetch asset. The upload does not exist or has expired.")
        if upload["bad"]:
            raise BadPhoto(upload["bad"])
        return str(upload["photo"])
    _check_url(address)
    raise invalid_asset(_FIELD, "Failed to fetch asset. (The sandbox loads nothing from elsewhere.)")


def _decoded(uri: str) -> bytes:
    if len(uri) > MAX_DATA_URI:
        raise invalid_asset(_FIELD, "Asset size exceeds 5.0MB.")
    match = _DATA_URI.fullmatch(uri)
    if match is None:
        raise invalid_asset(_FIELD, "Invalid data URI.")
    if match["kind"] not in IMAGE_TYPES:
        raise invalid_asset(_FIELD, "Unsupported asset type.")
    try:
        return base64.b64decode(match["data"], validate=True)
    except binascii.Error:
        raise invalid_asset(_FIELD, "Invalid data URI.") from None


def _check_url(address: str) -> None:
    try:
        url = urlsplit(address)
        host = url.hostname or ""
    except ValueError:
        raise invalid_asset(_FIELD, "Invalid URL") from None
    if len(address) > MAX_URL or not url.scheme:
        raise invalid_asset(_FIELD, "Invalid URL")
    if url.scheme != "https":
        raise invalid_asset(_FIELD, "Only HTTPS URLs are allowed.")
    if _is_number(host) or "." not in host:
        raise invalid_asset(_FIELD, "URLs must be hosted on a domain.")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
