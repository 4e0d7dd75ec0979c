"""Paying in Stars as a person, and what a test does about money behind everybody's back."""

from __future__ import annotations

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import (
    OPTIONAL,
    REQUIRED,
    Fields,
    bot_of,
    person_of,
    read_fields,
    read_object,
    world_of,
)
from sandbox.telegram.charges import Charge
from sandbox.telegram.checkouts import ANSWER_SECONDS
from sandbox.telegram.invoices import CURRENCY
from sandbox.telegram.model import Bot, Person
from sandbox.telegram.payments import Payer, announce_subscription, give_back, renew, set_stars

routes = web.RouteTableDef()
_CHAT = r"/control/chats/{bot_id:\d+}/{person_id:\d+}"
_CHARGE = r"/control/stars/{charge_id}"
_STARS = r"/control/people/{person_id:\d+}/stars"
_PAY: Fields = {"message_id": (int, OPTIONAL), "invoice_link": (str, OPTIONAL), "seconds": (float, OPTIONAL)}
_CHECKOUT: Fields = {
    "currency": (str, OPTIONAL),
    "total_amount": (int, OPTIONAL),
    "invoice_payload": (str, OPTIONAL),
    "seconds": (float, OPTIONAL),
}


@routes.get(_STARS)
async def show_stars(request: web.Request) -> web.Response:
    """Return how many Stars somebody has."""
    return web.json_response({"stars": person_of(request).stars})


@routes.post(_STARS)
async def give_stars(request: web.Request) -> web.Response:
    """Set how many Stars somebody has."""
    person, fields = person_of(request), await read_fields(request, {"stars": (int, REQUIRED)})
    if fields["stars"] < 0:
        raise Refused("stars must not be below 0")
    set_stars(world_of(request), person, fields["stars"])
    return web.json_response({"stars": person.stars})


@routes.get("/control/invoices/{invoice_id}")
async def show_invoice(request: web.Request) -> web.Response:
    """Return what is behind an invoice's link; the id is what follows `t.me/$`."""
    invoice = world_of(request).invoices.get(request.match_info["invoice_id"])
    if invoice is None:
        raise Refused("there is no such invoice", 404)
    photo = {"media_url": f"/control/files/{invoice.photo}"} if invoice.photo else {}
    period = {"subscription_period": invoice.period} if invoice.period else {}
    return web.json_response({"bot_id": invoice.bot_id} | invoice.shown() | photo | period)


@routes.post(_CHAT + "/pay")
async def pay(request: web.Request) -> web.Response:
    """Pay an invoice; answers when the bot has."""
    payer, fields = _payer(request), await read_fields(request, _PAY)
    if ("message_id" in fields) == ("invoice_link" in fields):
        raise Refused("say either message_id or invoice_link")
    by_message = "message_id" in fields
    invoice = payer.invoice_in(fields["message_id"]) if by_message else payer.invoice_behind(fields["invoice_link"])
    return web.json_response(await payer.pay(invoice, fields.get("seconds", ANSWER_SECONDS)))


@routes.post(_CHAT + "/forge/checkout")
async def forge_checkout(request: web.Request) -> web.Response:
    """Ask the bot about a payment nobody offered."""
    payer, fields = _payer(request), await read_fields(request, _CHECKOUT)
    asked = (fields.get("currency", CURRENCY), fields.get("total_amount", 1), fields.get("invoice_payload", ""))
    return web.json_response(await payer.forge_checkout(*asked, fields.get("seconds", ANSWER_SECONDS)))


@routes.post(_CHAT + "/forge/payment")
async def forge_payment(request: web.Request) -> web.Response:
    """Tell the bot of a payment that never was; the body is a SuccessfulPayment, or a part of one."""
    payer = _payer(request)
    return web.json_response(payer.forge_payment(await read_object(request)))


@routes.post(_CHARGE + "/refund")
async def charge_back(request: web.Request) -> web.Response:
    """Refund a payment from Telegram's side, as after a complaint at an app store."""
    bot, person, charge = _charge(request)
    give_back(world_of(request), bot, person, charge)
    return web.json_response({"ok": True})


@routes.post(_CHARGE + "/renew")
async def renew_subscription(request: web.Request) -> web.Response:
    """Let the month of a subscription be over."""
    return web.json_response(renew(world_of(request), *_charge(request)))


@routes.post(_CHARGE + "/cancel")
async def cancel_subscription(request: web.Request) -> web.Response:
    """Cancel a subscription as the person, or take that back."""
    fields, (bot, person, charge) = await read_fields(request, {"canceled": (bool, OPTIONAL)}), _charge(request)
    if charge.period is None:
        raise Refused("the charge is not of a subscription")
    charge.canceled = fields.get("canceled", True)
    world = world_of(request)
    world.charges.save(charge)
    announce_subscription(world, bot, person, charge, "canceled" if charge.canceled else "active")
    return web.json_response({"ok": True})


def _payer(request: web.Request) -> Payer:
    return Payer(world_of(request), bot_of(request), person_of(request))


def _charge(request: web.Request) -> tuple[Bot, Person, Charge]:
    world = world_of(request)
    charge = world.charges.get(request.match_info["charge_id"])
    bot = world.bots.get(charge.bot_id) if charge else None
    person = world.people.get(charge.person_id) if charge else None
    if charge is None or bot is None or person is None:
        raise Refused("there is no such charge", 404)
    return bot, person, charge
