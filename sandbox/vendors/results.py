"""Addresses of finished clips: signed, good for a while, and what is found there."""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web

from sandbox.vendors.house import House
from sandbox.vendors.visit import Refusal, Visit, Voice, add_call
from sandbox.vendors.work import Phase, Work

_FORBIDDEN = "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


def result_url(house: House, work: Work, root: str) -> str:
    """Return a fresh address of a result."""
    seconds = house.settings.of(work.order.vendor).url_seconds
    expires = int(house.clock() + (-60 if work.fate.expired_url else seconds))
    signature = _sign(house, work.id, expires)
    return f"{root}/vendors/{work.order.vendor}/{work.id}.mp4?expires={expires}&signature={signature}"


def shown_id(house: House, work: Work) -> str:
    """Return the id an answer carries: the work's own, or under a fault that of other work at the vendor."""
    if not work.fate.wrong_id:
        return work.id
    others = [one.id for one in house.works.all(work.order.vendor) if one.id != work.id]
    return others[-1] if others else work.id[::-1]


def add_results(app: web.Application, voices: tuple[Voice, ...]) -> None:
    """Serve the results of these vendors."""
    for voice in voices:
        # An address that is signed asks for no key; whoever has it may load.
        open_voice = Voice(voice.vendor, lambda _: None, voice.error, voice.no_credit)
        add_call(app, open_voice, "fetch", f"GET /vendors/{voice.vendor}/{{id}}.mp4", _hand_out)


async def _hand_out(visit: Visit) -> web.StreamResponse:
    """Serve a clip; HEAD and ranges too."""
    house, query = visit.house, visit.request.query
    work = house.works.get(visit.voice.vendor, visit.request.match_info["id"])
    expires = query.get("expires", "")
    if work is None or work.phase is not Phase.DONE or not expires.isdecimal():
        raise Refusal(404, "no such result")
    signed = hmac.compare_digest(query.get("signature", "").encode(), _sign(house, work.id, int(expires)).encode())
    if not signed or int(expires) <= house.clock():
        raise Refusal(403, _FORBIDDEN)
    if work.fate.redirect:
        raise Refusal(302, "", {"Location": work.fate.redirect})
    path = await house.studio.clip(work.order.clip)
    kind = "text/html" if work.order.clip.spoilt == "html_video" else "video/mp4"
    return web.FileResponse(path, headers={"Content-Type": kind})


def _sign(house: House, work_id: str, expires: int) -> str:
    return hmac.new(house.secret.encode(), f"{work_id}.{expires}".encode(), hashlib.sha256).hexdigest()[:32]
