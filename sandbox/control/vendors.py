"""The vendors from behind the counter: settings, work, faults, calls."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, query_number, read_fields
from sandbox.store import Json
from sandbox.vendors.faults import KINDS
from sandbox.vendors.house import House
from sandbox.vendors.results import result_url
from sandbox.vendors.settings import VENDORS
from sandbox.vendors.visit import HOUSE
from sandbox.vendors.work import Phase, Work

routes = web.RouteTableDef()
_FAULT: Fields = {
    "kind": (str, REQUIRED),
    **dict.fromkeys(("vendor", "model", "call", "code", "message", "to"), (str, OPTIONAL)),
    **dict.fromkeys(("times", "retry_after", "status"), (int, OPTIONAL)),
    **dict.fromkeys(("seconds", "for_seconds"), (float, OPTIONAL)),
}
_SETTINGS: Fields = {
    **dict.fromkeys(("up", "forgets"), (bool, OPTIONAL)),
    **dict.fromkeys(("queue_seconds", "render_seconds", "jitter", "credits"), (float, OPTIONAL)),
    **dict.fromkeys(("url_seconds", "webhook_seconds"), (float, OPTIONAL)),
    **dict.fromkeys(("concurrency", "daily"), (int, OPTIONAL)),
    "result": (str, OPTIONAL),
}
_END: Fields = {"status": (str, REQUIRED), "code": (str, OPTIONAL), "message": (str, OPTIONAL)}


def house_of(request: web.Request) -> House:
    """Return the vendors the application serves."""
    return request.app[HOUSE]


@routes.get("/control/vendors")
async def list_vendors(request: web.Request) -> web.Response:
    """List the vendors with their settings and how much work they have, by phase."""
    house = house_of(request)
    return web.json_response([_vendor(house, name) for name in VENDORS])


@routes.patch("/control/vendors/{vendor}")
async def change_vendor(request: web.Request) -> web.Response:
    """Change settings of one vendor; what is not given stays."""
    house, vendor = house_of(request), request.match_info["vendor"]
    if vendor not in VENDORS:
        raise Refused("there is no such vendor", 404)
    try:
        house.settings.change(vendor, await read_fields(request, _SETTINGS))
    except ValueError as error:
        raise Refused(str(error)) from None
    house.works.news.set()
    return web.json_response(_vendor(house, vendor))


def _vendor(house: House, name: str) -> Json:
    works = house.works.all(name)
    counted = {phase.value: sum(work.phase is phase for work in works) for phase in Phase}
    return {"name": name, **asdict(house.settings.of(name)), "work": counted}


@routes.get("/control/vendors/work")
async def list_work(request: web.Request) -> web.Response:
    """List work, oldest first, of one vendor or with one token if that is asked for."""
    return web.json_response([_shown(request, work) for work in _wanted(request)])


@routes.post("/control/vendors/work/{id}")
async def end_work(request: web.Request) -> web.Response:
    """End work at once: done, failed or cancelled."""
    fields, house = await read_fields(request, _END), house_of(request)
    work = next((one for one in house.works.all() if one.id == request.match_info["id"]), None)
    if work is None:
        raise Refused("there is no such work", 404)
    if fields["status"] == "cancelled":
        house.works.cancel(work)
    elif fields["status"] in ("done", "failed"):
        plain = {"code": "INTERNAL", "message": "An unexpected error occurred."}
        failure = plain | {name: fields[name] for name in ("code", "message") if name in fields}
        house.works.force(work, failure if fields["status"] == "failed" else None)
    else:
        raise Refused("status must be done, failed or cancelled")
    return web.json_response(_shown(request, work))


@routes.get("/control/vendors/submissions")
async def list_submissions(request: web.Request) -> web.Response:
    """Tell for each token how often it was submitted, as how many pieces of work, and what that cost."""
    groups: dict[tuple[str, str], list[Work]] = {}
    for work in _wanted(request):
        groups.setdefault((work.order.vendor, work.order.token or work.order.content), []).append(work)
    return web.json_response([_group(vendor, token, works) for (vendor, token), works in groups.items()])


def _group(vendor: str, token: str, works: list[Work]) -> Json:
    facts: Json = {"vendor": vendor, "token": token, "submissions": sum(work.submissions for work in works)}
    return facts | {"work": [work.id for work in works], "billed": sum(work.billed for work in works)}


def _wanted(request: web.Request) -> list[Work]:
    vendor, token = request.query.get("vendor", ""), request.query.get("token", "")
    works = house_of(request).works.all(vendor)
    return [work for work in works if token in ("", work.order.token, work.order.content)]


def _shown(request: web.Request, work: Work) -> Json:
    house = house_of(request)
    done = work.phase is Phase.DONE
    url = result_url(house, work, f"{request.scheme}://{request.host}") if done else None
    return work.shown(house.clock()) | {"url": url}


@routes.get("/control/vendors/calls")
async def list_calls(request: web.Request) -> web.Response:
    """List calls after a number, webhooks that were sent among them."""
    query, after = request.query, query_number(request, "after") or 0
    return web.json_response(house_of(request).calls.after(after, query.get("vendor", ""), query.get("call", "")))


@routes.post("/control/vendors/faults")
async def order_fault(request: web.Request) -> web.Response:
    """Order a fault."""
    fields = await read_fields(request, _FAULT)
    try:
        fault = house_of(request).faults.order(**fields)
    except ValueError as error:
        raise Refused(str(error)) from None
    return web.json_response({"id": fault.id})


@routes.get("/control/vendors/faults")
async def list_faults(request: web.Request) -> web.Response:
    """List the faults that still stand."""
    return web.json_response(house_of(request).faults.standing())


@routes.get("/control/vendors/faults/kinds")
async def list_kinds(_request: web.Request) -> web.Response:
    """List the kinds of faults there are."""
    return web.json_response(list(KINDS))


@routes.delete("/control/vendors/faults")
async def withdraw_faults(request: web.Request) -> web.Response:
    """Withdraw all faults."""
    house_of(request).faults.withdraw(None)
    return web.json_response({"ok": True})


@routes.delete(r"/control/vendors/faults/{fault_id:\d+}")
async def withdraw_fault(request: web.Request) -> web.Response:
    """Withdraw one fault."""
    if not house_of(request).faults.withdraw(int(request.match_info["fault_id"])):
        raise Refused("there is no such fault", 404)
    return web.json_response({"ok": True})


@routes.post("/control/vendors/reset")
async def reset(request: web.Request) -> web.Response:
    """Forget everything."""
    house_of(request).reset()
    return web.json_response({"ok": True})
