"""Whatever is asked, the answer has Stripe's shape, and so has all that is kept: a random walk with a seed."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.stripe.account import Account
from sandbox.stripe.acts import disputes, payments, sessions, subscriptions
from sandbox.stripe.call import CARRIERS, PLAYED
from sandbox.stripe.dispatch import carry_out
from sandbox.stripe.schema.description import description
from tests.sandbox.stripe.shop import check, check_event

Json = dict[str, Any]
STEPS = 300
KINDS = (
    *("balance_transaction", "charge", "checkout.session", "customer", "dispute", "event", "invoice"),
    *("invoice_payment", "payment_intent", "payment_link", "price", "product", "refund", "subscription"),
    "webhook_endpoint",
)
ODD: list[Any] = ["", "x", {"a": "b"}, {"0": "x"}, "-1", "9" * 20, "ü\x00", "[]"]
EXPANSIONS = ["customer", "line_items", "payment_intent", "data", "data.product", "refunds", "payments", "a.b"]


class Walker:
    """Asks for anything, and lets buyers and banks do something now and then."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.account = Account(folder, time.time)
        self.side = self.account.side("http://127.0.0.1:1/stripe")
        for recurring in ({}, {"recurring": {"interval": "month"}}):
            product: Json = {"product_data": {"name": "P"}, "currency": "usd", "unit_amount": "499"} | recurring
            form = {"line_items": {"0": {"quantity": "1", "price_data": product}}}
            assert carry_out(self.side, "POST /v1/payment_links", "", form)[0] == 200

    def pick(self, kind: str) -> Json | None:
        records = self.account.objects.of(kind)
        return self.random.choice(records).body if records else None

    def value(self, schema: Json, name: str = "") -> Any:
        if "anyOf" in schema:
            return self.value(self.random.choice(schema["anyOf"]), name)
        if self.random.random() < 0.03:
            return self.random.choice(ODD)
        if schema["type"] == "object":
            known = schema.get("properties", {})
            needed = schema.get("required", ())
            asked = [key for key in known if key in needed or self.random.random() < 0.25]
            return {key: self.value(known[key], key) for key in asked} | (
                {"k": self.random.choice(["v", ""])} if schema.get("additionalProperties") else {}
            )
        if schema["type"] == "array":
            return {str(n): self.value(schema["items"], name) for n in range(self.random.choice([0, 1, 2]))}
        return self.random.choice(self.simple(schema, name))

    def simple(self, schema: Json, name: str) -> list[str]:
        if schema["type"] != "string":
            return ["true", "false"] if schema["type"] == "boolean" else ["0", "1", "50", "499", "-5"]
        found = self.pick(name)
        choices = schema.get("enum") or (["usd"] if name == "currency" else ["hello", "http://127.0.0.1:9/"])
        return [found["id"]] if found else list(choices)

    def ask(self) -> None:
        name = self.random.choice(list(CARRIERS))
        schema = description()["calls"][name]["params"]
        played = PLAYED[name] if self.random.random() < 0.9 else schema["properties"].keys()
        known = {key: inside for key, inside in schema["properties"].items() if key in played}
        given = self.value(schema | {"properties": known})
        given = given if isinstance(given, dict) else {}
        given |= {"expand": {"0": self.random.choice(EXPANSIONS)}} if "expand" in given else {}
        everything = list(self.account.objects.of(self.random.choice(["event", "charge", "payment_link", "refund"])))
        like = [one for kind in KINDS if f"/{kind.split('.')[-1]}s/" in name for one in self.account.objects.of(kind)]
        choice = like or everything
        object_id = self.random.choice(choice).id if choice else "nothing"
        status, body, _ = carry_out(self.side, name, object_id, given)
        check(*(("answer", name) if status == 200 else ("schema", "error")), body)

    def live(self) -> None:
        """Let somebody pay, or a bank or the calendar do something; what cannot be done is refused."""
        try:
            link, charge, subscription = (self.pick(kind) for kind in ("payment_link", "charge", "subscription"))
            if link and sessions.is_open(link):
                offered = self.side.aside(link)["line_items"]
                visit = sessions.Visit(quantity=self.random.choice([None, 2]), discount=self.random.choice([0, 0, 100]))
                session = sessions.open_session(self.side, link, offered, visit)
                method = "card" if session["mode"] == "subscription" else self.random.choice(payments.METHODS)
                payments.pay(self.side, session, "a@example.com", method)
                payments.settle(self.side, session, succeeds=self.random.random() < 0.5)
            if subscription and self.random.random() < 0.3:
                subscriptions.renew(self.side, subscription, succeeds=self.random.random() < 0.5)
            if charge and self.random.random() < 0.5:
                made = disputes.open_dispute(self.side, charge, "fraudulent", None, inquiry=False)
                disputes.close(self.side, made, self.random.choice(["won", "lost"]))
        except ValueError:
            return


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_breaks_it_and_everything_kept_is_as_described(tmp_path: Path, seed: int) -> None:
    walker = Walker(tmp_path, seed)
    for step in range(STEPS):
        walker.ask()
        if step % 10 == 0:
            walker.live()
    for kind in KINDS:
        for record in walker.account.objects.of(kind):
            schema = f"deleted_{kind}" if "deleted" in record.body else kind
            check_event(record.body) if kind == "event" else check("schema", schema, record.body)
    walker.account.close()
