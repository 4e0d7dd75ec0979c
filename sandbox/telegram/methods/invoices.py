"""Asking for Stars: invoices as messages and as links, and the last word before somebody pays."""

from __future__ import annotations

import re

from sandbox.telegram import media
from sandbox.telegram.attachments import attached_file
from sandbox.telegram.call import Call, method
from sandbox.telegram.content import post
from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.invoices import CURRENCY
from sandbox.telegram.keyboards import pay_keyboard
from sandbox.telegram.model import Json
from sandbox.telegram.text.entities import units

# Bot API, sendInvoice and createInvoiceLink.
MAX_TITLE = 32
MAX_DESCRIPTION = 255
MAX_PAYLOAD = 128
MONTH_SECONDS = 2_592_000
MAX_SUBSCRIPTION = 10_000
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{0,64}")
_FOR_PROVIDERS = (
    "max_tip_amount",
    "suggested_tip_amounts",
    "provider_data",
    "need_name",
    "need_phone_number",
    "need_email",
    "need_shipping_address",
    "send_phone_number_to_provider",
    "send_email_to_provider",
    "is_flexible",
)


@method("sendInvoice")
async def send_invoice(call: Call) -> Json:
    """Send an invoice; without a keyboard it gets a Pay button."""
    chat, about = call.chat(), await _checked(call)
    call.params["reply_markup"] = pay_keyboard(call.params.get("reply_markup"), about["amount"])
    invoice = call.world.invoices.add(call.bot.id, about)
    return post(call, chat, {"invoice": invoice.shown()}, invoice=invoice)[0]


@method("createInvoiceLink")
async def create_invoice_link(call: Call) -> str:
    """Make a link at which anybody can pay, for a subscription too."""
    about, period = await _checked(call), call.params.get("subscription_period")
    if period is not None:
        if period != MONTH_SECONDS:
            raise BadRequest("SUBSCRIPTION_PERIOD_INVALID")
        if about["amount"] > MAX_SUBSCRIPTION:
            raise BadRequest("STARS_INVOICE_INVALID")
        about["period"] = period
    return call.world.invoices.add(call.bot.id, about).link


async def _checked(call: Call) -> Json:
    """Return an invoice's fields. Raises BadRequest for what cannot be paid in Stars."""
    params = call.params
    _check_words(params)
    _check_price(params)
    about = {name: params[name] for name in ("title", "description", "payload")}
    about |= {"amount": params["prices"][0]["amount"], "start_parameter": params.get("start_parameter", "")}
    if params.get("photo_url"):
        photo = await attached_file(call, "photo", params["photo_url"], {})
        about["photo"] = media.as_json(call.world.files, call.bot.id, photo)["photo"][-1]["file_id"]
    return about


def _check_words(params: Json) -> None:
    for name, limit in (("title", MAX_TITLE), ("description", MAX_DESCRIPTION)):
        if not params[name].strip():
            raise BadRequest(f"invoice {name} must be non-empty")
        if units(params[name]) > limit:
            raise BadRequest(f"invoice {name} is too long")
    if not 1 <= len(params["payload"].encode()) <= MAX_PAYLOAD:
        raise BadRequest("INVOICE_PAYLOAD_INVALID")
    if not _START_PARAMETER.fullmatch(params.get("start_parameter", "")):
        raise BadRequest("START_PARAM_INVALID")


def _check_price(params: Json) -> None:
    if params["currency"] != CURRENCY:
        raise StricterThanTelegram("the sandbox has no payment providers, so the currency must be XTR")
    if params.get("provider_token"):
        raise BadRequest("PAYMENT_PROVIDER_INVALID")
    if len(params["prices"]) != 1 or params["prices"][0]["amount"] < 1 or not params["prices"][0]["label"]:
        raise BadRequest("STARS_INVOICE_INVALID")
    if any(params.get(name) for name in _FOR_PROVIDERS):
        raise BadRequest("STARS_INVOICE_INVALID")


@method("answerPreCheckoutQuery")
async def answer_pre_checkout_query(call: Call) -> bool:
    """Let a payment happen, or refuse it with words for the payer; within ten seconds."""
    error = None
    if not call.params["ok"]:
        error = call.params.get("error_message")
        if not error:
            raise BadRequest('parameter "error_message" is required')
    if not call.world.checkouts.answer(call.bot.id, call.params["pre_checkout_query_id"], error):
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    return True
