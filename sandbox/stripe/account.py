"""The whole of the sandbox's Stripe: one account with a test and a live mode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.store import Json, Store
from sandbox.stripe.calls import Calls
from sandbox.stripe.chores import Chores
from sandbox.stripe.delivery.address import check_address
from sandbox.stripe.delivery.deliveries import Deliveries
from sandbox.stripe.faults import Faults
from sandbox.stripe.idempotency import Replies
from sandbox.stripe.objects import Objects
from sandbox.stripe.settings import Settings
from sandbox.stripe.side import Side


class Account:
    """Everything there is, kept in a folder. `clock` gives Unix time; tests move it."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.store = Store(folder, "stripe")
        self.settings = Settings.load(self.store)
        self.objects = Objects(self.store)
        self.replies = Replies(self.store, clock)
        self.faults = Faults(clock)
        self.deliveries = Deliveries(self.store, self.objects, self.faults, self.settings, clock)
        self.calls = Calls()
        self.chores = Chores(self.store, clock)

    def side(self, root: str, *, livemode: bool = False, heard_by: bool | None = None) -> Side:
        """Return one mode of the account for an act that no API call asked for."""
        return Side(self, livemode, root, heard_by)

    def register_endpoint(self, url: str, secret: str, *, livemode: bool = False) -> Json:
        """Have all events sent to an address, signed with a secret the receiver already knows.

        An endpoint with the same address and mode is taken for the same, and only gets the secret. Raises StripeError
        for an address that is not on this machine.
        """
        check_address(url)
        side = self.side("", livemode=livemode)
        for endpoint in side.all("webhook_endpoint"):
            if endpoint["url"] == url:
                side.aside(endpoint)["secret"] = secret
                return side.change(endpoint, None, status="enabled")
        facts: Json = {"url": url, "enabled_events": ["*"], "status": "enabled"}
        return side.make("webhook_endpoint", facts, secret=secret)

    def reset(self) -> None:
        """Forget everything but the webhook endpoints."""
        endpoints = self.objects.of("webhook_endpoint")
        for part in (self.objects, self.replies, self.deliveries, self.chores, self.calls):
            part.clear()
        self.faults.withdraw(None)
        self.settings.change({})
        for record in reversed(endpoints):
            self.objects.add(record.livemode, record.body, **record.aside)

    def close(self) -> None:
        """Close the store; nothing may change afterwards."""
        self.store.close()
