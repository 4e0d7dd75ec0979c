"""The pages over HTTP: from a link to a session, from a session to wherever the shop sends its buyers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.store import Json
from sandbox.stripe.account import Account
from sandbox.stripe.acts.charges import DECLINED_CARD
from sandbox.stripe.acts.finding import find_link
from sandbox.stripe.acts.payments import pay
from sandbox.stripe.acts.sessions import Visit, choose_quantity, is_open, open_session
from sandbox.stripe.checkout.views import Views
from sandbox.stripe.objects import Record
from sandbox.stripe.server import ACCOUNT, PREFIX, root_of
from sandbox.stripe.side import Side

routes = web.RouteTableDef()
_STATIC = Path(__file__).parent / "static"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TELEGRAM = ("t.me", "telegram.me")
_METHODS = {"declined": "declined", "delayed": "delayed", "bounced": "delayed"}


def _page(text: str, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def _views(account: Account, locale: str | None) -> Views:
    return Views(account.settings.shop, locale)


@routes.get(PREFIX + "/pay/{link}")
async def visit_link(request: web.Request) -> web.Response:
    """Begin a visit, as Stripe does whenever somebody opens a link."""
    account, query = request.app[ACCOUNT], request.query
    views = _views(account, query.get("locale"))
    try:
        link = find_link(account, request.match_info["link"])
    except LookupError:
        return _page(views.message("unknown"), 404)
    if not is_open(link.body):
        return _page(views.message("closed", link.body["inactive_message"]))
    side = account.side(root_of(request), livemode=link.livemode)
    visit = Visit(query.get("client_reference_id"), query.get("prefilled_email"), query.get("locale"))
    with account.store.together():
        session = open_session(side, link.body, link.aside["line_items"], visit)
    raise web.HTTPSeeOther(f"{PREFIX}/checkout/{session['id']}")


@routes.get(PREFIX + "/checkout/{session}")
async def show_checkout(request: web.Request) -> web.Response:
    """Show a session: to be paid, or over."""
    side, record, views = _session(request)
    return _checkout(side, record, views)


@routes.post(PREFIX + "/checkout/{session}")
async def submit(request: web.Request) -> web.Response:
    """Pay, and send the buyer on; what cannot be paid stays on the page and says why."""
    side, record, views = _session(request)
    session = record.body
    form = {name: str(value) for name, value in (await request.post()).items()}
    if session["status"] == "complete":
        raise web.HTTPSeeOther(_next_address(side, record))  # a second tap on the same button
    if session["status"] != "open" or not is_open(_link(side, record)):
        return _checkout(side, record, views)
    record.aside["email"] = form.get("email", "").strip()
    problem = _problem(side, record, views, form)
    if problem:
        return _checkout(side, record, views, problem)
    if not _pay(side, record, form):
        return _checkout(side, record, views, views.say("declined"))
    raise web.HTTPSeeOther(_next_address(side, record))


@routes.get(PREFIX + "/paid/{session}")
async def show_thanks(request: web.Request) -> web.Response:
    """Say that the payment was made, or is on its way."""
    side, record, views = _session(request)
    if record.body["status"] != "complete":
        return _checkout(side, record, views)
    return _thanks(side, record, views)


@routes.get(PREFIX + "/receipts/{charge}")
async def show_receipt(request: web.Request) -> web.Response:
    """Show the receipt of a charge."""
    account = request.app[ACCOUNT]
    record = account.objects.get(request.match_info["charge"])
    views = _views(account, request.query.get("locale"))
    if record is None or record.kind != "charge" or not record.body["paid"]:
        return _page(views.message("unknown"), 404)
    return _page(views.receipt(record.body))


@routes.get(PREFIX + "/invoices/{invoice}")
async def show_invoice(request: web.Request) -> web.Response:
    """Show an invoice, as the receipt of what was paid for it."""
    account = request.app[ACCOUNT]
    views = _views(account, request.query.get("locale"))
    record = account.objects.get(request.match_info["invoice"])
    if record is None or record.kind != "invoice":
        return _page(views.message("unknown"), 404)
    line = record.body["lines"]["data"][0]["description"]
    facts: Json = {"currency": record.body["currency"], "amount": record.body["amount_paid"], "amount_refunded": 0}
    return _page(views.receipt(facts | {"description": line, "created": record.body["created"]}))


def _session(request: web.Request) -> tuple[Side, Record, Views]:
    """Return the session in the address, its side of the account, and how to speak to its buyer."""
    account = request.app[ACCOUNT]
    record = account.objects.get(request.match_info["session"])
    if record is None or record.kind != "checkout.session":
        text = _views(account, request.query.get("locale")).message("unknown")
        raise web.HTTPNotFound(text=text, content_type="text/html")
    side = account.side(root_of(request), livemode=record.livemode)
    return side, record, _views(account, record.body["locale"])


def _link(side: Side, record: Record) -> Json:
    return side.record(record.body["payment_link"]).body


def _checkout(side: Side, record: Record, views: Views, problem: str | None = None) -> web.Response:
    session = record.body
    if session["status"] == "complete":
        return _thanks(side, record, views)
    if session["status"] == "expired":
        return _page(views.message("expired"))
    link = _link(side, record)
    if not is_open(link):
        return _page(views.message("closed", link["inactive_message"]))
    note = (session["custom_text"]["submit"] or {}).get("message")
    email = record.aside.get("email") or ""
    return _page(views.checkout(session, record.aside["line_items"], problem, email, note))


def _thanks(side: Side, record: Record, views: Views) -> web.Response:
    link = _link(side, record)
    own = (link["after_completion"].get("hosted_confirmation") or {}).get("custom_message")
    if record.body["payment_status"] == "unpaid":
        return _page(views.message("on_its_way", own, sign="…"))
    return _page(views.message("thanks", own, tone="good", sign="✓"))


def _problem(side: Side, record: Record, views: Views, form: dict[str, str]) -> str | None:
    """Return what is wrong with a form, None if nothing; take over the quantity it asks for."""
    if not _EMAIL.fullmatch(record.aside["email"]):
        return views.say("bad_email")
    bounds = record.aside["line_items"][0]["adjustable_quantity"]
    if bounds and "quantity" in form:
        least, most, wanted = max(1, bounds["minimum"]), bounds["maximum"], form["quantity"]
        if not wanted.isdecimal() or not least <= int(wanted[:9]) <= most:
            return views.say("bad_quantity", least=least, most=most)
        choose_quantity(side, record.body, int(wanted[:9]))
    if form.get("method") == "typed" and not _is_card(form.get("card", "")):
        return views.say("bad_card")
    return None


def _pay(side: Side, record: Record, form: dict[str, str]) -> bool:
    """Pay as the form says, and have a bank debit settle after a while; return False for a card that was declined."""
    account, method = side.account, _method(form, record.body["mode"])
    with account.store.together():
        paid = pay(side, record.body, record.aside["email"], method)
        if method == "delayed":
            verb = "fail" if form["method"] == "bounced" else "succeed"
            account.chores.add(verb, record.id, account.clock() + account.settings.settle_seconds, side.root)
    return paid


def _method(form: dict[str, str], mode: str) -> str:
    wanted = _METHODS.get(form.get("method", ""))
    if wanted and (wanted == "declined" or mode == "payment"):
        return wanted
    return "declined" if re.sub(r"\D", "", form.get("card", "")) == DECLINED_CARD else "card"


def _is_card(text: str) -> bool:
    """Tell whether a number could be a card's: the right length, and a check digit after Luhn."""
    digits = [int(character) for character in text if character.isdecimal()]
    doubled = [sum(divmod(digit * 2, 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def _next_address(side: Side, record: Record) -> str:
    """Return where the shop wants its buyers; Telegram's addresses are on this machine too."""
    link = _link(side, record)
    url = (link["after_completion"].get("redirect") or {}).get("url")
    if not url:
        return f"{PREFIX}/paid/{record.id}"
    url = str(url).replace("{CHECKOUT_SESSION_ID}", record.id)
    parts = urlsplit(url)
    if parts.hostname in _TELEGRAM:
        return f"/t.me{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return url


def add_pages(app: web.Application) -> None:
    """Serve the pages and what they load."""
    app.add_routes(routes)
    app.router.add_static(f"{PREFIX}/static", _STATIC)
