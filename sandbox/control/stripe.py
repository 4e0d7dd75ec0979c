"""Stripe from the buyer's and the bank's side: pay, settle, refund, dispute, renew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, read_fields
from sandbox.store import Json
from sandbox.stripe.account import Account
from sandbox.stripe.acts import disputes, payments, refunds, sessions, subscriptions
from sandbox.stripe.acts.finding import find_charge, find_link
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import Record
from sandbox.stripe.server import ACCOUNT, root_of
from sandbox.stripe.side import Side

routes = web.RouteTableDef()
_PAY: Fields = {
    "link": (str, REQUIRED),
    "client_reference_id": (str, OPTIONAL),
    "email": (str, OPTIONAL),
    "method": (str, OPTIONAL),
    "quantity": (int, OPTIONAL),
    "amount": (int, OPTIONAL),
    "currency": (str, OPTIONAL),
    "discount": (int, OPTIONAL),
    "flip_livemode": (bool, OPTIONAL),
    "settle": (str, OPTIONAL),
    "settle_after": (float, OPTIONAL),
}
_SHOWN = (
    *("id", "created", "livemode", "client_reference_id", "amount_total", "currency", "status", "payment_status"),
    *("payment_link", "payment_intent", "subscription", "invoice", "customer", "metadata"),
)


def account_of(request: web.Request) -> Account:
    """Return the Stripe account the application serves."""
    return request.app[ACCOUNT]


@contextmanager
def _act(account: Account) -> Iterator[None]:
    """Do something as a whole, and turn what cannot be done into a refusal."""
    try:
        with account.store.together():
            yield
    except StripeError as error:
        raise Refused(error.message) from None
    except LookupError as error:
        raise Refused(str(error.args[0]), 404) from None
    except ValueError as error:
        raise Refused(str(error)) from None


def _record(request: web.Request, kind: str) -> tuple[Side, Record]:
    """Return an object named in the address, and the side of the account it is on."""
    record = account_of(request).objects.get(request.match_info["id"])
    if record is None or record.kind != kind:
        raise Refused(f"there is no such {kind}", 404)
    return account_of(request).side(root_of(request), livemode=record.livemode), record


def _charge(request: web.Request, payment: str) -> tuple[Side, Json]:
    with _act(account_of(request)):
        record = find_charge(account_of(request), payment)
    return account_of(request).side(root_of(request), livemode=record.livemode), record.body


@routes.get("/control/stripe/sessions")
async def list_sessions(request: web.Request) -> web.Response:
    """List visits to payment links, the newest first."""
    records = account_of(request).objects.of("checkout.session")
    emails = [{"email": (one.body["customer_details"] or {}).get("email")} for one in records]
    shown = [{name: one.body[name] for name in _SHOWN} for one in records]
    return web.json_response([one | email for one, email in zip(shown, emails, strict=True)])


@routes.get("/control/stripe/payments")
async def list_payments(request: web.Request) -> web.Response:
    """List charges, the newest first."""
    return web.json_response([record.body for record in account_of(request).objects.of("charge")])


@routes.post("/control/stripe/pay")
async def pay(request: web.Request) -> web.Response:
    """Pay at a link without a browser."""
    fields = await read_fields(request, _PAY)
    method, settle = fields.get("method", "card"), fields.get("settle")
    if method not in payments.METHODS:
        raise Refused(f"method must be one of {', '.join(payments.METHODS)}")
    if settle not in (None, "succeed", "fail"):
        raise Refused("settle must be succeed or fail")
    account, root = account_of(request), root_of(request)
    with _act(account):
        link = find_link(account, fields["link"])
        if not sessions.is_open(link.body):
            raise ValueError("the payment link is not active")
        livemode = link.livemode != fields.get("flip_livemode", False)
        side = account.side(root, livemode=livemode, heard_by=link.livemode)
        visit = _visit(fields)
        session = sessions.open_session(side, link.body, link.aside["line_items"], visit)
        if method == "delayed" and session["mode"] == "subscription":
            raise ValueError("a subscription cannot be paid by bank debit here")
        payments.pay(side, session, visit.email or "buyer@example.com", method)
        if method == "delayed" and settle:
            account.chores.add(settle, session["id"], account.clock() + fields.get("settle_after", 0.0), root)
    return web.json_response(session)


def _visit(fields: Json) -> sessions.Visit:
    """Return what the buyer brings: the address's own query says what the fields do not."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(fields["link"]).query).items()}
    if fields.get("discount", 0) not in range(101):
        raise ValueError("discount is a percentage")
    return sessions.Visit(
        client_reference_id=fields.get("client_reference_id", query.get("client_reference_id")),
        email=fields.get("email", query.get("prefilled_email")),
        locale=query.get("locale"),
        quantity=fields.get("quantity"),
        amount=fields.get("amount"),
        currency=fields.get("currency"),
        discount=fields.get("discount", 0),
    )


@routes.post("/control/stripe/sessions/{id}/{verb:succeed|fail|expire}")
async def settle_session(request: web.Request) -> web.Response:
    """Let a bank debit be paid or bounce, or a visit end without payment."""
    side, session = _record(request, "checkout.session")
    verb = request.match_info["verb"]
    with _act(side.account):
        if verb != "expire":
            payments.settle(side, session.body, succeeds=verb == "succeed")
        elif session.body["status"] == "open":
            sessions.expire(side, session.body)
        else:
            raise ValueError(f"the session is {session.body['status']}")
    return web.json_response(session.body)


@routes.post("/control/stripe/refunds")
async def refund(request: web.Request) -> web.Response:
    """Refund as the account's owner does in the dashboard."""
    fields = await read_fields(
        request,
        {"payment": (str, REQUIRED), "amount": (int, OPTIONAL), "reason": (str, OPTIONAL), "pending": (bool, OPTIONAL)},
    )
    side, charge = _charge(request, fields["payment"])
    pending = fields.get("pending")
    with _act(side.account):
        made = refunds.refund(side, charge, fields.get("amount"), fields.get("reason"), {}, pending=pending)
    return web.json_response(made)


@routes.post("/control/stripe/refunds/{id}/{verb:succeed|fail}")
async def settle_refund(request: web.Request) -> web.Response:
    """Let a refund arrive, or come back."""
    side, made = _record(request, "refund")
    with _act(side.account):
        refunds.settle_refund(side, made.body, succeeds=request.match_info["verb"] == "succeed")
    return web.json_response(made.body)


@routes.post("/control/stripe/disputes")
async def dispute(request: web.Request) -> web.Response:
    """Have the buyer's bank dispute a payment."""
    fields = await read_fields(
        request,
        {"payment": (str, REQUIRED), "reason": (str, OPTIONAL), "amount": (int, OPTIONAL), "inquiry": (bool, OPTIONAL)},
    )
    reason = fields.get("reason", "fraudulent")
    if reason not in disputes.REASONS:
        raise Refused(f"reason must be one of {', '.join(disputes.REASONS)}")
    side, charge = _charge(request, fields["payment"])
    with _act(side.account):
        made = disputes.open_dispute(side, charge, reason, fields.get("amount"), inquiry=fields.get("inquiry", False))
    return web.json_response(made)


@routes.post("/control/stripe/disputes/{id}/{verb:win|lose|close|reverse|escalate}")
async def decide_dispute(request: web.Request) -> web.Response:
    """Let the bank decide, or decide otherwise."""
    side, made = _record(request, "dispute")
    verb = request.match_info["verb"]
    with _act(side.account):
        if verb == "reverse":
            disputes.reverse(side, made.body)
        elif verb == "escalate":
            disputes.escalate(side, made.body)
        else:
            outcome = {"win": "won", "lose": "lost", "close": "warning_closed"}[verb]
            disputes.close(side, made.body, outcome)
    return web.json_response(made.body)


@routes.post("/control/stripe/subscriptions/{id}/renew")
async def renew(request: web.Request) -> web.Response:
    """Begin a subscription's next period now; without `succeeds: false` it is paid."""
    fields = await read_fields(request, {"succeeds": (bool, OPTIONAL)})
    side, subscription = _record(request, "subscription")
    with _act(side.account):
        subscriptions.renew(side, subscription.body, succeeds=fields.get("succeeds", True))
    return web.json_response(subscription.body)


@routes.post("/control/stripe/subscriptions/{id}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """End a subscription as its buyer does, now or with the period."""
    fields = await read_fields(request, {"at_period_end": (bool, OPTIONAL)})
    side, subscription = _record(request, "subscription")
    with _act(side.account):
        if subscription.body["status"] == "canceled":
            raise ValueError("the subscription has ended")
        if fields.get("at_period_end"):
            subscriptions.end_later(side, subscription.body, wanted=True)
        else:
            subscriptions.end(side, subscription.body, {})
    return web.json_response(subscription.body)
