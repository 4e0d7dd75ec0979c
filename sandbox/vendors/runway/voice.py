"""Runway's words: who may ask, and how it refuses. What its pages do not show is guessed."""

from __future__ import annotations

import re

from aiohttp import web

from sandbox.store import Json
from sandbox.vendors.visit import Refusal, Voice

VERSION = "2024-11-06"
_DOCS = "https://docs.dev.runwayml.com/api"
_KEY = re.compile(r"Bearer key_\w+")


def _error(_status: int, sentence: str) -> Json:
    return {"error": sentence}


def _let_in(request: web.Request) -> None:
    if not _KEY.fullmatch(request.headers.get("Authorization", "")):
        raise Refusal(401, _error(401, "The API key you provided is not valid."))
    version = request.headers.get("X-Runway-Version")
    if version != VERSION:
        problem = "is required" if version is None else f"is not a version there is: {version}"
        raise Refusal(400, _error(400, f"The X-Runway-Version header {problem}. Use {VERSION}."))


VOICE = Voice("runway", _let_in, _error, (400, "You do not have enough credits to run this task."))


def invalid(issues: list[Json]) -> Refusal:
    """Return the refusal of a body."""
    return Refusal(400, {"error": "Validation of body failed", "issues": issues, "docUrl": _DOCS})


def invalid_asset(field: str, reason: str) -> Refusal:
    """Return the refusal of a picture, with the reasons of https://docs.dev.runwayml.com/errors/troubleshooting."""
    return Refusal(400, {"error": f"Invalid asset for {field}. {reason}", "docUrl": _DOCS})
