"""One call to a vendor: who asks, which faults it meets, how it is answered and written down."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from aiohttp import web

from sandbox.store import Json
from sandbox.vendors.faults import CALL_KINDS, Fault
from sandbox.vendors.house import House
from sandbox.vendors.settings import Settings
from sandbox.vendors.work import Work

HOUSE = web.AppKey("vendors", House)
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


class Refusal(Exception):
    """A call that a vendor refuses, in the vendor's own words."""

    def __init__(self, status: int, body: Json | str, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status, self.body, self.headers = status, body, headers or {}

    def answer(self) -> web.Response:
        """Return it as an HTTP response."""
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body, headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


@dataclass(frozen=True, slots=True)
class Voice:
    """How a vendor speaks: who may ask (raising Refusal), what an error's body is, and what to say without credit."""

    vendor: str
    let_in: Callable[[web.Request], None]
    error: Callable[[int, str], Json]
    no_credit: tuple[int, str]

    def refusal(self, status: int, sentence: str, **headers: str) -> Refusal:
        """Return a plain refusal."""
        return Refusal(status, self.error(status, sentence), headers)


@dataclass(slots=True)
class Visit:
    """A call that was let in. `call` is one of faults.CALLS, `model` what it is about, "" if nothing known."""

    request: web.Request
    voice: Voice
    call: str
    model: str = ""
    faults: dict[str, Fault] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """Everything there is."""
        return self.request.app[HOUSE]

    @property
    def settings(self) -> Settings:
        """The vendor's settings."""
        return self.house.settings.of(self.voice.vendor)

    @property
    def root(self) -> str:
        """The sandbox's address, as the caller knows it."""
        return f"{self.request.scheme}://{self.request.host}"

    async def body(self) -> Json:
        """Return the JSON body. Raises Refusal 400 for anything but an object."""
        try:
            body: Any = json.loads(await self.request.text() or "{}")
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise self.voice.refusal(400, "The request body must be a JSON object")
        return body

    def work(self, name: str = "id") -> Work:
        """Return the work named in the address. Raises Refusal 404."""
        work = self.house.works.get(self.voice.vendor, self.request.match_info[name])
        if work is None:
            raise self.voice.refusal(404, "Not found")
        return work

    def afford(self, price: float) -> None:
        """Refuse what the account cannot pay. Raises Refusal."""
        if "no_credit" in self.faults or self.settings.credits < price:
            raise self.voice.refusal(*self.voice.no_credit)


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


def add_call(app: web.Application, voice: Voice, call: str, route: str, handler: Handler) -> None:
    """Serve `route` (`VERB /path`) of a vendor."""
    verb, path = route.split()

    async def answer(request: web.Request) -> web.StreamResponse:
        return await _answer(Visit(request, voice, call), handler)

    if verb == "GET":
        app.router.add_get(path, answer)  # with HEAD
    else:
        app.router.add_route(verb, path, answer)


async def _answer(visit: Visit, handler: Handler) -> web.StreamResponse:
    request, house, vendor = visit.request, visit.house, visit.voice.vendor
    response: web.StreamResponse | None = None
    try:
        visit.voice.let_in(request)
        visit.model = await _model(visit)
        visit.faults = house.faults.strike(CALL_KINDS, vendor, visit.model, visit.call)
        await _before(visit)
        response = await handler(visit)
    except Refusal as refusal:
        response = refusal.answer()
    finally:
        status = response.status if response is not None else None
        house.calls.record(
            at=house.clock(), vendor=vendor, call=visit.call, model=visit.model, method=request.method,
            path=request.path, status=status, faults=sorted(visit.faults),
        )  # fmt: skip
    return await _after(visit, response)


async def _model(visit: Visit) -> str:
    """What a call is about, as far as it can be known before it is carried out."""
    known = visit.request.match_info
    if "endpoint" in known:
        return known["endpoint"]
    if "id" in known:
        work = visit.house.works.get(visit.voice.vendor, known["id"])
        return work.order.model if work else ""
    if visit.request.content_type == "application/json" and visit.request.can_read_body:
        body = await visit.body()
        return str(body.get("model") or next(iter(body.get("models") or []), ""))
    return ""


async def _before(visit: Visit) -> None:
    """Do what faults do before a call takes effect. Raises Refusal for those that answer in its place."""
    faults = visit.faults
    if "latency" in faults:
        await visit.house.pause(faults["latency"].delay)
    if "drop_before" in faults:
        _cut(visit.request)
    if not visit.settings.up:
        raise visit.voice.refusal(503, "Service Unavailable")
    if "rate_limit" in faults:
        header = {"Retry-After": str(faults["rate_limit"].retry_after)}
        raise visit.voice.refusal(429, "Too Many Requests", **header)
    if "error" in faults:
        status = faults["error"].status or 500
        raise visit.voice.refusal(status, faults["error"].message or "Internal Server Error")


async def _after(visit: Visit, response: web.StreamResponse) -> web.StreamResponse:
    """Do what faults do with the answer to a call that took effect."""
    faults = visit.faults
    if "stall" in faults:
        await visit.house.pause(faults["stall"].delay)
    if "drop_after" in faults:
        _cut(visit.request)
    if "html" in faults:
        return web.Response(status=faults["html"].status or 502, text=_PAGE, content_type="text/html")
    if "garbage" in faults:
        text = response.text if isinstance(response, web.Response) else None
        half = (text or '{"id": "')[: max(1, len(text or "") // 2)]
        return web.Response(status=response.status, text=half, content_type="application/json")
    return response


def _cut(request: web.Request) -> NoReturn:
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("cut by an ordered fault")
