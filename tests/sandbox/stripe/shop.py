"""A shop that sells through the sandbox with Stripe's own library; the wire is held to Stripe's own description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from stripe import AIOHTTPClient

from sandbox.stripe.dispatch import find_call
from sandbox.stripe.form import parse_form
from sandbox.stripe.schema.description import description
from sandbox.stripe.schema.validate import check_params
from tests.sandbox.driver import Sandbox
from tests.sandbox.stripe.hearer import Hearer

Json = dict[str, Any]
SECRET = "whsec_a_secret_the_shop_knows"
KEY = "sk_test_shop"


@cache
def validator(where: str, name: str) -> Draft202012Validator:
    """Return the validator of `params` or `answer` of a call, or of a schema by its name."""
    found = {"$ref": f"#/schemas/{name}"} if where == "schema" else description()["calls"][name][where]
    if where == "params":
        found = found | {"additionalProperties": False}
    return Draft202012Validator({"schemas": description()["schemas"]} | found)


def check(where: str, name: str, value: Any) -> None:
    """Fail with the likeliest way in which a value is not as described."""
    if error := best_match(validator(where, name).iter_errors(value)):
        raise AssertionError(f"{name}: {error.json_path}: {error.message[:400]}")


def check_event(event: Json) -> None:
    check("schema", "event", event)
    check("schema", event["data"]["object"]["object"], event["data"]["object"])
    assert (
        event["type"]
        in description()["calls"]["POST /v1/webhook_endpoints"]["params"]["properties"]["enabled_events"]["items"][
            "enum"
        ]
    )


class CheckedClient(AIOHTTPClient):
    """The library's own HTTP client. `answers` are the headers of each answer, by small letters."""

    def __init__(self) -> None:
        super().__init__(timeout=10)
        self.answers: list[dict[str, str]] = []

    async def request_async(self, method: str, url: str, headers: Any, post_data: Any = None) -> Any:
        content, status, answered = await super().request_async(method, url, headers, post_data)
        self.answers.append({name.lower(): value for name, value in answered.items()})
        self._check(method.upper(), url, post_data, json.loads(content), status)
        return content, status, answered

    def _check(self, method: str, url: str, post_data: Any, body: Json, status: int) -> None:
        if status != 200:
            check("schema", "error", body)
            return
        parts = urlsplit(url)
        name, _ = find_call(method, parts.path.removeprefix("/stripe"))
        pairs: Iterable[tuple[str, str]] = parse_qsl(parts.query) + parse_qsl(post_data or "", keep_blank_values=True)
        check("params", name, check_params(name, parse_form(pairs)))
        check("answer", name, body)
        for event in body["data"] if name == "GET /v1/events" else []:
            check_event(event)


class Shop:
    """`api` is the library's client. What is heard by its webhook is in `hearer`."""

    def __init__(self, sandbox: Sandbox, hearer: Hearer, key: str = KEY) -> None:
        self.sandbox, self.hearer = sandbox, hearer
        self.http = CheckedClient()
        self.api = self.client(key)

    def client(self, key: str, **options: Any) -> stripe.StripeClient:
        root = f"{self.sandbox.url}/stripe"
        return stripe.StripeClient(key, base_addresses={"api": root}, http_client=self.http, **options)

    async def closes(self) -> None:
        await self.http.close_async()  # type: ignore[no-untyped-call]

    async def opens(self) -> None:
        await self.control("endpoints", {"url": self.hearer.url, "secret": SECRET})

    async def control(self, path: str, body: Json | None = None, status: int = 200, verb: str = "") -> Any:
        verb = verb or ("GET" if body is None else "POST")
        return await self.sandbox.control(verb, f"stripe/{path}", body, status)

    async def price(self, amount: int = 499, currency: str = "usd", **facts: Any) -> str:
        params = {"currency": currency, "unit_amount": amount, "product_data": {"name": "40 credits"}}
        return (await self.api.v1.prices.create_async(params | facts)).id  # type: ignore[arg-type]

    async def link(self, amount: int = 499, currency: str = "usd", **facts: Any) -> Any:
        """Make a link for one pack; `recurring` makes it a subscription."""
        more = {"recurring": facts.pop("recurring")} if "recurring" in facts else {}
        item: Json = {"price": await self.price(amount, currency, **more), "quantity": 1}
        item |= {"adjustable_quantity": facts.pop("adjustable")} if "adjustable" in facts else {}
        return await self.api.v1.payment_links.create_async({"line_items": [item]} | facts)  # type: ignore[arg-type]

    async def paid(self, method: str = "card", link: Any = None, **fields: Any) -> Json:
        """Have somebody pay, and return the session."""
        link = link or await self.link()
        return dict(await self.control("pay", {"link": link.url, "method": method} | fields))

    async def session(self, session_id: str, *expand: str) -> Any:
        return await self.api.v1.checkout.sessions.retrieve_async(session_id, {"expand": list(expand)})

    async def heard(self, kind: str, count: int = 1) -> list[Json]:
        """Wait until so many events of a type have come, and return them; all that came are held to the description."""
        found = await self.hearer.wait(kind, count)
        for event in self.hearer.events:
            check_event(event)
        return found

    async def arrived(self, count: int, status: str = "delivered") -> list[Json]:
        """Wait until the sandbox has noted so many deliveries with a status, and return them."""
        for _ in range(1000):
            found: list[Json] = await self.control(f"deliveries?status={status}")
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"not so many deliveries are {status}")
