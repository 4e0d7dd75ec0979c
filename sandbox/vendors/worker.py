"""The GPU worker of our own that RunPod and Modal run: what it takes, and why it fails (docs/vendors.md)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.store import Json
from sandbox.vendors.forbidden import forbidden_word
from sandbox.vendors.house import House
from sandbox.vendors.photos import BadPhoto
from sandbox.vendors.work import Clip, Fate

SIZES = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720)}
LENGTHS = range(1, 16)
REFUSED: Json = {"code": "refused", "message": "the prompt is against the rules"}
FAILED: Json = {"code": "internal", "message": "CUDA out of memory"}
_NOTHING = Clip(2, 2, 1, None, "")
_FETCH_SECONDS = 10.0
_MAX_PHOTO = 20 * 1024 * 1024
_KNOWN = {"token", "model", "prompt", "image_base64", "image_url", "shape", "duration_s", "seed"}


class BadJob(Exception):
    """The job is not of the form agreed on; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the form agreed on. The photo is base64 or an address on this machine."""

    token: str
    model: str
    prompt: str
    photo: str
    is_address: bool
    width: int
    height: int
    seconds: int


def read_job(given: Any) -> Job:
    """Return a checked job. Raises BadJob."""
    if not isinstance(given, dict):
        raise BadJob("the input must be an object")
    if unknown := given.keys() - _KNOWN:
        raise BadJob(f"unknown: {', '.join(sorted(unknown))}")
    texts = {name: _text(given, name) for name in ("token", "prompt", "model", "image_base64", "image_url", "shape")}
    if texts["shape"] not in SIZES:
        raise BadJob(f"shape must be one of {', '.join(SIZES)}")
    if bool(texts["image_base64"]) == bool(texts["image_url"]):
        raise BadJob("one of image_base64 and image_url is needed")
    if not texts["token"]:
        raise BadJob("token is missing")
    seconds = _whole(given, "duration_s")
    if seconds not in LENGTHS:
        raise BadJob(f"duration_s must be {LENGTHS.start} to {LENGTHS.stop - 1}")
    if given.get("seed") is not None:
        _whole(given, "seed")
    width, height = SIZES[texts["shape"]]
    photo, is_address = texts["image_base64"] or texts["image_url"], bool(texts["image_url"])
    return Job(texts["token"], texts["model"], texts["prompt"], photo, is_address, width, height, seconds)


def digest(given: Json) -> str:
    """Return a digest of a job, whatever its token."""
    return hashlib.sha256(json.dumps(given | {"token": ""}, sort_keys=True).encode()).hexdigest()[:32]


async def prepare(house: House, vendor: str, given: Json) -> tuple[Clip, Json | None]:
    """Return what is to be rendered, and the failure the worker will end with, if there is one."""
    try:
        job = read_job(given)
        photo = await house.photos.add(await _photo(job))
    except (BadJob, BadPhoto) as bad:
        return _NOTHING, {"code": "bad_input", "message": str(bad)}
    clip = Clip(job.width, job.height, job.seconds, photo, f"sandbox: {vendor}")
    return clip, REFUSED if forbidden_word(job.prompt) else None


def decide(house: House, vendor: str, line: str, failure: Json | None) -> Fate:
    """Return what becomes of a job: what the worker makes of it, and what faults do besides."""
    fate = house.faults.fate(vendor, line, refused=REFUSED, failed=FAILED)
    fate.failure = failure or fate.failure
    return fate


def reason(failure: Json) -> Json:
    """Return a failure as workers tell it."""
    return {"reason": failure["code"], "message": failure["message"]}


async def _photo(job: Job) -> bytes:
    if job.is_address:
        return await _load(job.photo)
    try:
        return base64.b64decode(job.photo, validate=True)
    except (binascii.Error, ValueError):
        raise BadPhoto("the photo is no base64") from None


async def _load(address: str) -> bytes:
    """Load a photo from this machine; the sandbox reaches nothing beyond it."""
    if not _is_here(address):
        raise BadPhoto("the photo is not on this machine, and the sandbox loads nothing from elsewhere")
    timeout = aiohttp.ClientTimeout(total=_FETCH_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            data = await answer.content.read(_MAX_PHOTO)
            if answer.status != 200:
                raise BadPhoto(f"the photo cannot be loaded: {answer.status}")
            return data
    except (TimeoutError, aiohttp.ClientError):
        raise BadPhoto("the photo cannot be loaded") from None


def _is_here(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text(given: Json, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str | None):
        raise BadJob(f"{name} must be a text")
    return value or ""


def _whole(given: Json, name: str) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadJob(f"{name} must be a whole number")
    return value
