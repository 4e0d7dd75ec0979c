"""RunPod serverless: endpoints with a queue, and workers of our own behind them. https://docs.runpod.io/serverless"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from typing import Any

from aiohttp import web

from sandbox.store import Json
from sandbox.vendors.house import House
from sandbox.vendors.results import result_url, shown_id
from sandbox.vendors.visit import Refusal, Visit, Voice, add_call
from sandbox.vendors.work import ENDS, Order, Phase, Work
from sandbox.vendors.worker import decide, digest, prepare, reason

MAX_RUN, MAX_RUNSYNC = 10 * 1024 * 1024, 20 * 1024 * 1024
KEPT, KEPT_SYNC = 30 * 60.0, 60.0
_ROOT = "/runpod/v2/{endpoint}"
_STATUS = {
    Phase.WAITING: "IN_QUEUE", Phase.RUNNING: "IN_PROGRESS", Phase.DONE: "COMPLETED",
    Phase.FAILED: "FAILED", Phase.CANCELLED: "CANCELLED",
}  # fmt: skip
_POLICY = {"executionTimeout": (5_000, 604_800_000, 600_000), "ttl": (10_000, 604_800_000, 86_400_000)}
_LOOK_AGAIN = 0.02


def _let_in(request: web.Request) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.strip():
        raise Refusal(401, _error(401, "Unauthorized"))


def _error(_status: int, sentence: str) -> Json:
    return {"error": sentence}


VOICE = Voice("runpod", _let_in, _error, (402, "Insufficient balance"))


def add_runpod(app: web.Application) -> None:
    """Serve the endpoints' calls."""
    add_call(app, VOICE, "submit", f"POST {_ROOT}/run", _run)
    add_call(app, VOICE, "submit", f"POST {_ROOT}/runsync", _runsync)
    add_call(app, VOICE, "status", f"GET {_ROOT}/status/{{id}}", _show)
    add_call(app, VOICE, "cancel", f"POST {_ROOT}/cancel/{{id}}", _cancel)
    add_call(app, VOICE, "read", f"GET {_ROOT}/health", _health)


async def _run(visit: Visit) -> web.Response:
    work = await _accept(visit, MAX_RUN, KEPT, str(uuid.uuid4()))
    return web.json_response({"id": work.id, "status": _STATUS[Phase.WAITING]})


async def _runsync(visit: Visit) -> web.Response:
    """Wait for the end as long as the caller allows, and answer with what there is by then."""
    wait = visit.request.query.get("wait", "90000")
    if not wait.isdecimal() or not 1_000 <= int(wait) <= 300_000:
        raise VOICE.refusal(400, "wait must be between 1000 and 300000")
    work = await _accept(visit, MAX_RUNSYNC, KEPT_SYNC, f"sync-{uuid.uuid4()}")
    loop = asyncio.get_running_loop()
    end = loop.time() + int(wait) / 1000
    while work.phase not in ENDS and loop.time() < end and not visit.house.closing.is_set():
        await visit.house.pause(_LOOK_AGAIN)  # the clock may be put forward meanwhile
        visit.house.works.advance()
    return web.json_response(await _shown(visit.house, work, visit.root))


async def _accept(visit: Visit, most: int, keep_seconds: float, work_id: str) -> Work:
    if len(await visit.request.read()) > most:
        raise VOICE.refusal(400, f"the request body is larger than {most // 1024 // 1024} MB")
    body, house = await visit.body(), visit.house
    given = body.get("input")
    if not isinstance(given, dict) or not given:
        raise VOICE.refusal(400, "input is required")
    webhook = _webhook(body)
    details: Json = {"input": given, "webhook": webhook, "root": visit.root} if webhook else {}
    longest, ttl = _limit(body, "executionTimeout"), _limit(body, "ttl")
    visit.afford(0.01)
    clip, failure = await prepare(house, "runpod", given)
    fate = decide(house, "runpod", visit.model, failure)
    token, content = str(given.get("token") or "") or None, digest(given)
    order = Order(
        "runpod", visit.model, content, clip, token,
        keep_seconds=keep_seconds, forget_at=house.clock() + ttl, details=details,
    )  # fmt: skip
    work = house.works.add(work_id, order, fate)
    if fate.never or work.render_seconds > longest:
        work.render_seconds, fate.never = longest, False
        fate.failure = {"code": "TIMED_OUT", "message": "job timed out"}
        house.works.save(work)
    return work


def _limit(body: Json, name: str) -> float:
    """Return a limit of the policy in seconds."""
    policy = body.get("policy", {})
    low, high, usual = _POLICY[name]
    value = policy.get(name, usual) if isinstance(policy, dict) else None
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise VOICE.refusal(400, f"policy.{name} must be between {low} and {high}")
    return value / 1000


def _webhook(body: Json) -> str | None:
    url: Any = body.get("webhook")
    if url is None:
        return None
    if not isinstance(url, str) or not url.startswith(("http://127.0.0.1", "http://localhost", "https://127.0.0.1")):
        raise VOICE.refusal(400, "webhook must be on this machine (refused by the sandbox only)")
    return url


async def _show(visit: Visit) -> web.Response:
    work = _known(visit)
    return web.json_response(await _shown(visit.house, work, visit.root))


def _known(visit: Visit) -> Work:
    work = visit.work()
    forgotten = visit.settings.forgets and work.phase is Phase.CANCELLED
    if work.order.model != visit.model or forgotten:
        raise VOICE.refusal(404, "request does not exist")
    return work


async def _shown(house: House, work: Work, root: str) -> Json:
    """Return the state of a job; times are milliseconds."""
    now = house.clock()
    body: Json = {"id": shown_id(house, work), "status": _status(work)}
    if work.started_at is not None:
        body["delayTime"] = round((work.started_at - work.accepted_at) * 1000)
        body["workerId"] = "sandbox"
    if work.started_at is not None and work.ended_at is not None:
        body["executionTime"] = round((work.ended_at - work.started_at) * 1000)
    if work.phase is Phase.RUNNING:
        body["output"] = {"progress": work.progress(now)}
    elif work.phase is Phase.FAILED and work.failure:
        body["error"] = json.dumps(reason(work.failure)) if _status(work) == "FAILED" else work.failure["message"]
    elif work.phase is Phase.DONE:
        body["output"] = await _output(house, work, root)
    return body


async def _output(house: House, work: Work, root: str) -> Json:
    if house.settings.of("runpod").result == "url" or work.fate.expired_url or work.fate.redirect:
        return {"video_url": result_url(house, work, root)}
    path = await house.studio.clip(work.order.clip)
    return {"video_base64": base64.b64encode(await asyncio.to_thread(path.read_bytes)).decode()}


def _status(work: Work) -> str:
    timed_out = work.phase is Phase.FAILED and (work.failure or {}).get("code") == "TIMED_OUT"
    return "TIMED_OUT" if timed_out else _STATUS[work.phase]


async def envelope(house: House, work: Work, root: str) -> Json:
    """Return what a webhook is told: all of a job, with what it was given."""
    return await _shown(house, work, root) | {"input": work.details["input"], "webhook": work.details["webhook"]}


async def _cancel(visit: Visit) -> web.Response:
    work = _known(visit)
    visit.house.works.cancel(work)
    return web.json_response({"id": shown_id(visit.house, work), "status": _status(work)})


async def _health(visit: Visit) -> web.Response:
    works = visit.house.works.all("runpod", visit.model)
    counted = {phase: sum(work.phase is phase for work in works) for phase in Phase}
    running = counted[Phase.RUNNING]
    return web.json_response(
        {
            "jobs": {
                "completed": counted[Phase.DONE], "failed": counted[Phase.FAILED], "inProgress": running,
                "inQueue": counted[Phase.WAITING], "retried": 0,
            },
            "workers": {"idle": max(0, visit.settings.concurrency - running), "running": running},
        }
    )  # fmt: skip
