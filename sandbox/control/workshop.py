"""Tools for tests and developers: faults, calls, redelivery, limits, reset, health."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, query_number, read_fields, world_of
from sandbox.telegram.flood import Limits
from sandbox.telegram.schema.validate import method_names

routes = web.RouteTableDef()
_FAULT: Fields = {
    "kind": (str, REQUIRED),
    "method": (str, OPTIONAL),
    "bot_id": (int, OPTIONAL),
    "times": (int, OPTIONAL),
    "seconds": (float, OPTIONAL),
    "retry_after": (int, OPTIONAL),
    "status": (int, OPTIONAL),
}
_LIMITS: Fields = dict.fromkeys(("chat_per_second", "burst", "global_per_second"), (float, OPTIONAL))


@routes.post("/control/faults")
async def order_fault(request: web.Request) -> web.Response:
    """Order a fault."""
    fields = await read_fields(request, _FAULT)
    if "method" in fields and fields["method"].lower() not in method_names():
        raise Refused(f"there is no method {fields['method']}")
    try:
        fault = world_of(request).faults.order(**fields)
    except ValueError as error:
        raise Refused(str(error)) from None
    return web.json_response({"id": fault.id})


@routes.get("/control/faults")
async def list_faults(request: web.Request) -> web.Response:
    """List the faults that still stand."""
    return web.json_response(world_of(request).faults.standing())


@routes.delete("/control/faults")
async def withdraw_faults(request: web.Request) -> web.Response:
    """Withdraw all faults."""
    world_of(request).faults.withdraw(None)
    return web.json_response({"ok": True})


@routes.delete(r"/control/faults/{fault_id:\d+}")
async def withdraw_fault(request: web.Request) -> web.Response:
    """Withdraw one fault."""
    if not world_of(request).faults.withdraw(int(request.match_info["fault_id"])):
        raise Refused("there is no such fault", 404)
    return web.json_response({"ok": True})


@routes.get("/control/calls")
async def list_calls(request: web.Request) -> web.Response:
    """List Bot API calls after a number."""
    after = query_number(request, "after") or 0
    return web.json_response(world_of(request).calls.after(after, request.query.get("method")))


@routes.post(r"/control/updates/{update_id:\d+}/redeliver")
async def redeliver(request: web.Request) -> web.Response:
    """Deliver an update again, even one the bot has confirmed."""
    fields = await read_fields(request, {"times": (int, OPTIONAL)})
    world, update_id = world_of(request), int(request.match_info["update_id"])
    times = fields.get("times", 1)
    if not any(world.inbox(bot.id).repeat(update_id, times) for bot in world.bots):
        raise Refused("there is no such update, or it is forgotten", 404)
    return web.json_response({"ok": True})


@routes.get("/control/limits")
async def show_limits(request: web.Request) -> web.Response:
    """Return the flood limits."""
    return web.json_response(asdict(world_of(request).flood.limits))


@routes.post("/control/limits")
async def set_limits(request: web.Request) -> web.Response:
    """Change the flood limits; those not given go back to Telegram's."""
    fields = await read_fields(request, _LIMITS)
    if any(value <= 0 for value in fields.values()):
        raise Refused("limits must be above 0")
    flood = world_of(request).flood
    flood.limits = Limits(**fields)
    flood.forget()
    return web.json_response(asdict(flood.limits))


@routes.post("/control/reset")
async def reset(request: web.Request) -> web.Response:
    """Forget everything but the bots."""
    world_of(request).reset()
    return web.json_response({"ok": True})


@routes.get("/control/health")
async def health(_request: web.Request) -> web.Response:
    """Say that the sandbox is up, and that it is one."""
    return web.json_response({"ok": True, "sandbox": True})


@routes.route("*", "/control/{anything:.*}")
async def nothing_here(_request: web.Request) -> web.Response:
    """Refuse every other address, which would otherwise be looked for among the page's files."""
    raise Refused("there is no such call", 404)
