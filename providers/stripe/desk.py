"""Stripe's API, through the official library.

It goes over aiohttp, which the house talks HTTP with: the library's httpx client takes no transport from outside, so
it would bring httpx's own, which costs many times the processor time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import stripe

from providers.payments import (
    CardEvent,
    CardReversal,
    Checkout,
    LinkTerms,
    PaymentError,
    PaymentLink,
    WebhookAddress,
)
from providers.stripe import reading
from providers.stripe.signature import verified

TRY_SECONDS = 8.0
RETRIES = 2
"""Network errors and Stripe's own failures; each repetition carries the same idempotency key."""
PAGE = 100
"""The most Stripe lists at once."""
WHOLE_CHECKOUT = ["line_items", "payment_intent.latest_charge"]
CLOSED = "This offer has changed. Go back to the chat for the current one."
PASSING = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)
"""Subclasses of StripeError after which the same call may succeed. (409: another call has the key just now.)"""


class StripeDesk:
    """`key` decides whose account it is, and whether the money is real. `close()` it at the end."""

    def __init__(self, key: str, *, api_url: str) -> None:
        self._http = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=TRY_SECONDS))
        self._client = stripe.StripeClient(
            key, base_addresses={"api": api_url}, max_network_retries=RETRIES, http_client=self._http
        )
        self._v1 = self._client.v1

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]

    def verify(self, body: bytes, signature: str | None, secret: str) -> dict[str, Any]:
        return verified(body, signature, secret)

    def read(self, body: dict[str, Any]) -> CardEvent:
        return reading.event(body)

    async def checkout(self, checkout_id: str) -> Checkout | None:
        with _translated():
            try:
                session = await self._v1.checkout.sessions.retrieve_async(checkout_id, {"expand": WHOLE_CHECKOUT})
            except stripe.InvalidRequestError as error:
                if error.code != "resource_missing":
                    raise
                return None
            whole = session.to_dict()
            return reading.checkout(whole) if whole["mode"] == "payment" else None

    async def checkouts(self, link_id: str, reference: str, since: int) -> list[Checkout]:
        with _translated():
            asked = {"payment_link": link_id, "created": {"gte": since}}
            listed = await _all(self._v1.checkout.sessions.list_async, asked)
            mine = [one for one in listed if one.get("client_reference_id") == reference]
            return [reading.checkout(one) for one in mine if one["mode"] == "payment"]

    async def refunds(self, charge_id: str) -> list[CardReversal]:
        with _translated():
            listed = await _all(self._v1.refunds.list_async, {_field(charge_id): charge_id})
            return [reading.refund(one) for one in listed]

    async def refund(self, charge_id: str, amount: int, *, key: str) -> CardReversal:
        with _translated():
            asked: Any = {_field(charge_id): charge_id, "amount": amount, "reason": "requested_by_customer"}
            made = await self._v1.refunds.create_async(asked, {"idempotency_key": key})
            return reading.refund(made.to_dict())

    async def events(self, since: int) -> list[dict[str, Any]]:
        with _translated():
            asked = {"created": {"gte": since}, "types": sorted(reading.TYPES)}
            return (await _all(self._v1.events.list_async, asked))[::-1]

    async def open_links(self) -> list[PaymentLink]:
        with _translated():
            return [reading.link(one) for one in await _all(self._v1.payment_links.list_async, {"active": True})]

    async def make_link(self, terms: LinkTerms, *, key: str) -> PaymentLink:
        with _translated():
            made = await self._v1.payment_links.create_async(_asked(terms), {"idempotency_key": key})
            return reading.link(made.to_dict())

    async def close_link(self, link_id: str) -> None:
        with _translated():
            # No key of ours: it would be replayed, without effect, after somebody has opened the link again.
            await self._v1.payment_links.update_async(link_id, {"active": False})

    async def webhook_addresses(self) -> list[WebhookAddress]:
        with _translated():
            listed = await _all(self._v1.webhook_endpoints.list_async, {})
            return [reading.webhook_address(one) for one in listed]


async def _all(list_page: Callable[[Any], Awaitable[Any]], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page of a list, in Stripe's order: newest first."""
    found: list[dict[str, Any]] = []
    while True:
        after = {"starting_after": found[-1]["id"]} if found else {}
        page = (await list_page(asked | after | {"limit": PAGE})).to_dict(for_json=True)
        found += page["data"]
        if not (page["has_more"] and page["data"]):
            return found


def _asked(terms: LinkTerms) -> Any:
    product = {"name": terms.name, "description": terms.description}
    price = {"currency": terms.currency, "unit_amount": terms.amount, "product_data": product}
    return {
        "line_items": [{"price_data": price, "quantity": 1}],
        "after_completion": {"type": "redirect", "redirect": {"url": terms.return_url}},
        "allow_promotion_codes": False,
        "inactive_message": CLOSED,
        # A link's own labels reach only its Checkout Sessions; these reach refunds and disputes as well.
        "payment_intent_data": {"metadata": terms.labels},
        "metadata": terms.labels,
    }


def _field(charge_id: str) -> str:
    return "charge" if charge_id.startswith(("ch_", "py_")) else "payment_intent"


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        # Without the cause: the request's headers are in its traceback, and the key in them.
        raise PaymentError(_words(error), retryable=isinstance(error, PASSING) or error.http_status == 409) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        # An answer that broke off: the library takes care only of requests that do.
        raise PaymentError(f"Stripe: {type(error).__name__}", retryable=True) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise PaymentError(f"Stripe: an answer of another shape ({error!r})", retryable=False) from error


def _words(error: stripe.StripeError) -> str:
    if isinstance(error, stripe.AuthenticationError):
        return "Stripe: refuses the key"  # its own words repeat part of it
    facts = [type(error).__name__, error.code, error.user_message if error.http_status else None]
    return "Stripe: " + ", ".join(str(fact) for fact in facts if fact)
