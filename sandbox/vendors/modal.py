"""A worker of our own on Modal, behind the small HTTP contract of docs/vendors.md and Modal's proxy keys."""

from __future__ import annotations

import re
import secrets

from aiohttp import web

from sandbox.store import Json
from sandbox.vendors.results import result_url, shown_id
from sandbox.vendors.visit import Refusal, Visit, Voice, add_call
from sandbox.vendors.work import Order, Phase, Work
from sandbox.vendors.worker import BadJob, decide, digest, prepare, read_job, reason

KEPT = 7 * 86_400.0
_KEY, _SECRET = re.compile(r"wk-\w+"), re.compile(r"ws-\w+")


def _let_in(request: web.Request) -> None:
    """Modal's proxy refuses before any code of ours runs."""
    key, secret = (request.headers.get(name, "") for name in ("Modal-Key", "Modal-Secret"))
    if not key or not secret:
        raise Refusal(401, "modal-http: missing credentials for proxy authorization")
    if not _KEY.fullmatch(key) or not _SECRET.fullmatch(secret):
        raise Refusal(401, "modal-http: invalid credentials for proxy authorization")


def _error(status: int, sentence: str) -> Json:
    return {"error": {"reason": "bad_input" if status < 500 else "internal", "message": sentence}}


VOICE = Voice("modal", _let_in, _error, (402, "the workspace has reached its spend limit"))


def add_modal(app: web.Application) -> None:
    """Serve the contract's calls."""
    add_call(app, VOICE, "submit", "POST /modal/accept", _accept)
    add_call(app, VOICE, "status", "GET /modal/result/{id}", _result)
    add_call(app, VOICE, "cancel", "POST /modal/cancel/{id}", _cancel)


async def _accept(visit: Visit) -> web.Response:
    """Take a job; a token that was seen before is the same job, unless that was cancelled."""
    house, given = visit.house, await visit.body()
    try:
        job = read_job(given)
    except BadJob as bad:
        raise VOICE.refusal(400, str(bad)) from None
    clip, failure = await prepare(house, "modal", given)
    known = house.works.with_token("modal", job.token)  # from here on nobody else has a turn
    if known is not None and known.phase is not Phase.CANCELLED and "two_ids" not in visit.faults:
        known.submissions += 1
        house.works.save(known)
        return web.json_response({"call_id": known.id})
    visit.afford(0.01)
    order = Order("modal", job.model, digest(given), clip, job.token, keep_seconds=KEPT)
    work = house.works.add(f"fc-{secrets.token_hex(12)}", order, decide(house, "modal", job.model, failure))
    return web.json_response({"call_id": work.id})


async def _result(visit: Visit) -> web.StreamResponse:
    house, work = visit.house, _known(visit)
    if work.phase is Phase.CANCELLED or work.is_forgotten(house.clock()):
        raise VOICE.refusal(410, "the call was cancelled, or its result has expired")
    if work.phase in (Phase.WAITING, Phase.RUNNING):
        shown = {"call_id": shown_id(house, work), "status": work.phase.value}
        return web.json_response(shown | {"progress": work.progress(house.clock())}, status=202)
    told: Json = {"call_id": shown_id(house, work), "gpu_seconds": round(work.billed, 3)}
    if work.phase is Phase.FAILED:
        return web.json_response(told | {"error": reason(work.failure or {})})
    if visit.settings.result == "url" or work.fate.expired_url or work.fate.redirect:
        return web.json_response(told | {"video_url": result_url(house, work, visit.root)})
    kind = "text/html" if work.order.clip.spoilt == "html_video" else "video/mp4"
    headers = {"Content-Type": kind, "X-GPU-Seconds": str(told["gpu_seconds"])}
    return web.FileResponse(await house.studio.clip(work.order.clip), headers=headers)


async def _cancel(visit: Visit) -> web.Response:
    """Stop a call, or let go of its result; once more is no error."""
    work = _known(visit)
    visit.house.works.drop(work)
    return web.json_response({"call_id": work.id, "status": work.phase.value})


def _known(visit: Visit) -> Work:
    """Return the work that is asked about. Raises Refusal 404."""
    known = {work.id: work for work in visit.house.works.all("modal")}
    work = known.get(visit.request.match_info["id"])
    if work is None:
        raise VOICE.refusal(404, "no such call")
    return work
