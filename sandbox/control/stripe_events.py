"""Stripe's events on their way: endpoints, deliveries, what goes wrong with them, and with API calls."""

from __future__ import annotations

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, query_number, read_fields
from sandbox.control.stripe import account_of
from sandbox.store import Json
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import Record

routes = web.RouteTableDef()
_FAULT: Fields = {
    "kind": (str, REQUIRED),
    "call": (str, OPTIONAL),
    "event": (str, OPTIONAL),
    "times": (int, OPTIONAL),
    "seconds": (float, OPTIONAL),
    "status": (int, OPTIONAL),
    "copies": (int, OPTIONAL),
}
_SETTINGS: Fields = {
    "retry_seconds": (float, OPTIONAL),
    "attempts": (int, OPTIONAL),
    "settle_seconds": (float, OPTIONAL),
    "shop": (str, OPTIONAL),
}


@routes.get("/control/stripe/endpoints")
async def list_endpoints(request: web.Request) -> web.Response:
    """List webhook endpoints, without their secrets."""
    return web.json_response([record.body for record in account_of(request).objects.of("webhook_endpoint")])


@routes.post("/control/stripe/endpoints")
async def register_endpoint(request: web.Request) -> web.Response:
    """Have all events sent to an address, signed with a secret that is given."""
    fields = await read_fields(request, {"url": (str, REQUIRED), "secret": (str, REQUIRED), "livemode": (bool, False)})
    if not fields["secret"]:
        raise Refused("secret must not be empty")
    livemode = fields.get("livemode", False)
    try:
        made = account_of(request).register_endpoint(fields["url"], fields["secret"], livemode=livemode)
    except StripeError as error:
        raise Refused(error.message) from None
    return web.json_response(made)


@routes.get("/control/stripe/events")
async def list_events(request: web.Request) -> web.Response:
    """List events in the order they were made, those of one type if that is asked for."""
    kind = request.query.get("type")
    events = [record.body for record in reversed(account_of(request).objects.of("event"))]
    return web.json_response([event for event in events if kind in (None, event["type"])])


@routes.post("/control/stripe/events/{id}/resend")
async def resend(request: web.Request) -> web.Response:
    """Send an event again, however it fared; several times means at once."""
    fields = await read_fields(request, {"times": (int, OPTIONAL)})
    event = _event(request)
    return web.json_response({"sent": account_of(request).deliveries.send_again(event.id, fields.get("times", 1))})


@routes.get("/control/stripe/deliveries")
async def list_deliveries(request: web.Request) -> web.Response:
    """List deliveries, the oldest first."""
    shown = account_of(request).deliveries.shown(request.query.get("event"), request.query.get("status"))
    return web.json_response(shown)


@routes.post("/control/stripe/deliveries/release")
async def release(request: web.Request) -> web.Response:
    """Let go what is held: in the order of `events`, or `made`, `reversed` or `shuffled`."""
    fields = await read_fields(request, {"events": (list, OPTIONAL), "order": (str, OPTIONAL)})
    order = fields.get("order", "made")
    if order not in ("made", "reversed", "shuffled"):
        raise Refused("order must be made, reversed or shuffled")
    return web.json_response({"events": account_of(request).deliveries.release(fields.get("events"), order)})


@routes.post("/control/stripe/faults")
async def order_fault(request: web.Request) -> web.Response:
    """Order a fault."""
    fields = await read_fields(request, _FAULT)
    try:
        fault = account_of(request).faults.order(**fields)
    except ValueError as error:
        raise Refused(str(error)) from None
    return web.json_response({"id": fault.id})


@routes.get("/control/stripe/faults")
async def list_faults(request: web.Request) -> web.Response:
    """List the faults that still stand."""
    return web.json_response(account_of(request).faults.standing())


@routes.delete("/control/stripe/faults")
async def withdraw_faults(request: web.Request) -> web.Response:
    """Withdraw all faults; what is held stays so until it is released."""
    account_of(request).faults.withdraw(None)
    return web.json_response({"ok": True})


@routes.delete(r"/control/stripe/faults/{fault_id:\d+}")
async def withdraw_fault(request: web.Request) -> web.Response:
    """Withdraw one fault."""
    if not account_of(request).faults.withdraw(int(request.match_info["fault_id"])):
        raise Refused("there is no such fault", 404)
    return web.json_response({"ok": True})


@routes.get("/control/stripe/calls")
async def list_calls(request: web.Request) -> web.Response:
    """List API calls after a number."""
    found = account_of(request).calls.after(query_number(request, "after") or 0, request.query.get("call", ""))
    return web.json_response(found)


@routes.get("/control/stripe/settings")
async def show_settings(request: web.Request) -> web.Response:
    """Return the settings."""
    return web.json_response(account_of(request).settings.shown())


@routes.post("/control/stripe/settings")
async def change_settings(request: web.Request) -> web.Response:
    """Change the settings; those not given go back to where they began."""
    fields = await read_fields(request, _SETTINGS)
    numbers = [value for value in fields.values() if not isinstance(value, str)]
    if any(value < 0 for value in numbers) or fields.get("attempts") == 0 or fields.get("shop") == "":
        raise Refused("numbers must not be below 0, attempts not below 1, and the shop needs a name")
    settings = account_of(request).settings
    settings.change(fields)
    return web.json_response(settings.shown())


@routes.post("/control/stripe/reset")
async def reset(request: web.Request) -> web.Response:
    """Forget everything but the webhook endpoints."""
    account_of(request).reset()
    done: Json = {"ok": True}
    return web.json_response(done)


def _event(request: web.Request) -> Record:
    event = account_of(request).objects.get(request.match_info["id"])
    if event is None or event.kind != "event":
        raise Refused("there is no such event", 404)
    return event
