"""Runway's tasks: created, looked at, cancelled; and what the organisation may do."""

from __future__ import annotations

import hashlib
import json
import math
import uuid
from datetime import UTC, datetime

from aiohttp import web

from sandbox.store import Json
from sandbox.vendors.forbidden import forbidden_word
from sandbox.vendors.house import House
from sandbox.vendors.photos import BadPhoto
from sandbox.vendors.results import result_url, shown_id
from sandbox.vendors.runway.check import Wish, check
from sandbox.vendors.runway.models import IMAGE, NAMES, TEXT
from sandbox.vendors.runway.pictures import read_picture
from sandbox.vendors.runway.voice import VOICE, invalid
from sandbox.vendors.visit import Visit, add_call
from sandbox.vendors.work import ENDS, Clip, Fate, Order, Phase, Work

_DAY = 86_400
_MONTHLY = 100_000
REFUSED: Json = {"code": "SAFETY.INPUT.TEXT", "message": "The text was refused by the content moderation system."}
FAILED: Json = {"code": "INTERNAL.BAD_OUTPUT.CODE01", "message": "An unexpected error occurred."}


def add_tasks(app: web.Application) -> None:
    """Serve the calls that make and manage tasks."""

    async def from_image(visit: Visit) -> web.Response:
        return await _create(visit, IMAGE)

    async def from_text(visit: Visit) -> web.Response:
        return await _create(visit, TEXT)

    add_call(app, VOICE, "submit", "POST /runway/v1/image_to_video", from_image)
    add_call(app, VOICE, "submit", "POST /runway/v1/text_to_video", from_text)
    add_call(app, VOICE, "status", "GET /runway/v1/tasks/{id}", _show)
    add_call(app, VOICE, "cancel", "DELETE /runway/v1/tasks/{id}", _delete)
    add_call(app, VOICE, "read", "GET /runway/v1/organization", _organization)
    add_call(app, VOICE, "read", "* /runway/v1/{anything:.*}", _nothing_here)


async def _create(visit: Visit, endpoint: str) -> web.Response:
    body, house = await visit.body(), visit.house
    wish, issues = check(endpoint, body)
    if wish is None:
        raise invalid(issues)
    bad: str | None = None
    photo: str | None = None
    try:
        photo = await read_picture(house, wish.picture) if wish.picture else None
    except BadPhoto as reason:
        bad = str(reason)
    visit.afford(wish.price)
    if _made_today(house, wish.model) >= visit.settings.daily:
        raise VOICE.refusal(429, "You have reached the daily limit of generations for this model.")
    clip = Clip(wish.width, wish.height, wish.seconds, photo, f"sandbox: Runway {wish.model}")
    content = _digest(body | {"promptImage": photo or bad})
    order = Order("runway", wish.model, content, clip, price=wish.price)
    work = house.works.add(str(uuid.uuid4()), order, _fate(house, wish, bad))
    return web.json_response({"id": work.id, "estimatedCost": {"credits": wish.price}})


def _fate(house: House, wish: Wish, bad: str | None) -> Fate:
    fate = house.faults.fate("runway", wish.model, refused=REFUSED, failed=FAILED)
    if bad is not None:
        fate.failure = {"code": "ASSET.INVALID", "message": f"The asset could not be used: {bad}"}
    elif forbidden_word(wish.text):
        fate.failure = REFUSED
    return fate


async def _show(visit: Visit) -> web.Response:
    work = visit.work()
    if visit.settings.forgets and work.phase is Phase.CANCELLED:
        raise VOICE.refusal(404, "Not found")
    house, body = visit.house, _head(visit.house, work)
    if work.phase in ENDS:
        body["cost"] = {"credits": math.ceil(work.billed)}
    else:
        body["estimatedCost"] = {"credits": work.price}
    if work.phase is Phase.RUNNING:
        body["progress"] = work.progress(house.clock())
    elif work.phase is Phase.FAILED and work.failure:
        body |= {"failure": work.failure["message"], "failureCode": work.failure["code"]}
    elif work.phase is Phase.DONE:
        body["output"] = [result_url(house, work, visit.root)]
    return web.json_response(body)


def _head(house: House, work: Work) -> Json:
    created = datetime.fromtimestamp(work.accepted_at, UTC).isoformat(timespec="milliseconds")
    return {"id": shown_id(house, work), "createdAt": created.replace("+00:00", "Z"), "status": _status(house, work)}


def _status(house: House, work: Work) -> str:
    """Work that could begin but for want of a slot is throttled."""
    if work.phase is Phase.WAITING:
        full = house.clock() >= work.ready_at or work.fate.held > 0
        return "THROTTLED" if full else "PENDING"
    return {Phase.DONE: "SUCCEEDED"}.get(work.phase, work.phase.value.upper())


async def _delete(visit: Visit) -> web.Response:
    """Cancel a task, or delete it with its result when it has ended."""
    visit.house.works.drop(visit.work())
    return web.Response(status=204)


async def _organization(visit: Visit) -> web.Response:
    settings = visit.settings
    limits = {"maxConcurrentGenerations": settings.concurrency, "maxDailyGenerations": settings.daily}
    return web.json_response(
        {
            "creditBalance": math.floor(settings.credits),
            "tier": {"maxMonthlyCreditSpend": _MONTHLY, "models": dict.fromkeys(NAMES, limits)},
            "usage": {"models": {name: {"dailyGenerations": _made_today(visit.house, name)} for name in NAMES}},
        }
    )


async def _nothing_here(visit: Visit) -> web.Response:
    allowed = {"image_to_video": "POST", "text_to_video": "POST", "uploads": "POST", "organization": "GET"}
    if visit.request.match_info["anything"] in allowed:
        raise VOICE.refusal(405, "Method not allowed")
    raise VOICE.refusal(404, "Not found (the sandbox has only a part of Runway)")


def _made_today(house: House, model: str) -> int:
    since = house.clock() - _DAY
    return sum(work.accepted_at > since for work in house.works.all("runway", model))


def _digest(body: Json) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
