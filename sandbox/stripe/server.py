"""Stripe's API over HTTP: who asks, which call, has it been asked before, carry out, answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import NoReturn

from aiohttp import web

from sandbox.store import Json
from sandbox.stripe.access import authenticate, check_version
from sandbox.stripe.account import Account
from sandbox.stripe.acts.due import do_chore
from sandbox.stripe.delivery.sender import Sender
from sandbox.stripe.dispatch import carry_out, find_call
from sandbox.stripe.errors import StripeError
from sandbox.stripe.faults import Fault
from sandbox.stripe.form import parse_form
from sandbox.stripe.ids import new_id
from sandbox.stripe.reading import read_pairs
from sandbox.stripe.schema.description import API_VERSION
from sandbox.stripe.side import Side

ACCOUNT = web.AppKey("stripe", Account)
PREFIX = "/stripe"


def root_of(request: web.Request) -> str:
    """Return the address of the sandbox's Stripe, as the client calls it."""
    return f"{request.scheme}://{request.host}{PREFIX}"


async def handle_call(request: web.Request) -> web.Response:
    """Answer `/stripe/v1/…`."""
    request_id = new_id("request")
    headers = {"Request-Id": request_id, "Stripe-Version": request.headers.get("Stripe-Version", API_VERSION)}
    try:
        status, body, more = await _answer(request, request_id)
    except StripeError as error:
        status, body, more = error.status, error.body(), {}
    except _Cut:
        return web.Response()
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json", headers=headers | more)


async def _answer(request: web.Request, request_id: str) -> tuple[int, Json, dict[str, str]]:
    account = request.app[ACCOUNT]
    livemode = authenticate(request.headers.get("Authorization"))
    check_version(request.headers.get("Stripe-Version"))
    path = request.path.removeprefix(PREFIX)
    name, object_id = find_call(request.method, path)
    params = parse_form(await read_pairs(request))
    faults = account.faults.strike(name)
    await _before(request, faults)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    more = {"Idempotency-Key": key} if key else {}
    reply = account.replies.recall(livemode, key, path, params) if key else None
    if reply is not None:
        more |= {"Idempotent-Replayed": "true", "Original-Request": reply.request_id}
        status, body = reply.status, reply.body
    else:
        side = Side(account, livemode, root_of(request), request={"id": request_id, "idempotency_key": key})
        with account.store.together():
            status, body, begun = carry_out(side, name, object_id, params)
            if key and begun:
                account.replies.keep(livemode, key, path, params, request_id, status, body)
    account.calls.record(account.clock(), name, object_id, params, status)
    if "drop_after" in faults:
        _cut(request)
    return status, body, more


async def _before(request: web.Request, faults: dict[str, Fault]) -> None:
    """Do what faults do before a call takes effect. Raises StripeError for those that answer in its place."""
    if "latency" in faults:
        await asyncio.sleep(faults["latency"].seconds)
    if "drop_before" in faults:
        _cut(request)
    if "rate_limit" in faults:
        message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
        raise StripeError(message, status=429, code="rate_limit")
    if "error" in faults:
        message = "An unknown error occurred. If the problem persists, contact us via our support site."
        raise StripeError(message, status=faults["error"].status, kind="api_error")


class _Cut(Exception):
    """A fault has cut the connection: nobody is there to answer."""


def _cut(request: web.Request) -> NoReturn:
    if request.transport is not None:
        request.transport.abort()
    raise _Cut


async def run_account(app: web.Application) -> AsyncIterator[None]:
    """Send events and do what falls due while the application runs; close the account at the end."""
    account = app[ACCOUNT]
    works = (Sender(account).run(), account.chores.run(lambda chore: do_chore(account, chore)))
    tasks = [asyncio.create_task(work) for work in works]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    account.close()


def add_stripe(app: web.Application, account: Account) -> None:
    """Serve an account: its API and the pages its buyers see."""
    app[ACCOUNT] = account
    app.cleanup_ctx.append(run_account)
    app.router.add_route("*", PREFIX + "/v1/{anything:.*}", handle_call)
