"""One mode of the account, test or live, as one call or one act of a buyer sees and changes it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.store import Json
from sandbox.stripe.errors import missing_resource
from sandbox.stripe.ids import new_id
from sandbox.stripe.objects import Record
from sandbox.stripe.schema.description import API_VERSION, blank, properties

if TYPE_CHECKING:
    from sandbox.stripe.account import Account


@dataclass(frozen=True)
class Side:
    """`root` is the sandbox's address for Stripe, without a slash at the end; pages and receipts are below it.

    `heard_by` is the mode whose webhook endpoints hear of it, when that is another one: a test of their trust.
    `request` is what events say about their cause: `{id, idempotency_key}`, both null if no API call was it.
    """

    account: Account
    livemode: bool
    root: str
    heard_by: bool | None = None
    request: Json = field(default_factory=lambda: {"id": None, "idempotency_key": None})

    @property
    def now(self) -> int:
        """Unix time."""
        return int(self.account.clock())

    def form(self, kind: str, **facts: Any) -> Json:
        """Return an object that is kept nowhere by itself, such as an item of a list."""
        known = properties(kind)
        first: Json = {"id": new_id(kind, livemode=self.livemode), "object": kind}
        common: Json = {"created": self.now, "livemode": self.livemode, "metadata": {}}
        return first | blank(kind) | {name: value for name, value in common.items() if name in known} | facts

    def make(self, kind: str, facts: Json, **aside: Any) -> Json:
        """Keep a new object and return it."""
        return self.account.objects.add(self.livemode, self.form(kind, **facts), **aside).body

    def save(self, body: Json) -> None:
        """Write an object that was changed."""
        self.account.objects.save(self.record(body["id"]))

    def record(self, object_id: str) -> Record:
        """Return the record of an object that is there."""
        record = self.account.objects.get(object_id)
        if record is None:
            raise LookupError(object_id)
        return record

    def aside(self, body: Json) -> Json:
        """Return what the sandbox knows about an object; `save` writes it."""
        return self.record(body["id"]).aside

    def find(self, object_id: str | None) -> Json | None:
        """Return an object of this mode, None if there is none."""
        record = self.account.objects.get(object_id) if object_id else None
        return record.body if record and record.livemode == self.livemode else None

    def get(self, kind: str, object_id: str, param: str, status: int = 400) -> Json:
        """Return an object of this kind and mode. Raises StripeError `resource_missing`, for a deleted one too."""
        record = self.account.objects.get(object_id)
        there = record is not None and record.kind == kind and "deleted" not in record.body
        if record is not None and there and record.livemode == self.livemode:
            return record.body
        elsewhere = record is not None and there
        mode = ("test" if self.livemode else "live") if elsewhere else None
        raise missing_resource(kind, object_id, param, status, mode)

    def all(self, kind: str) -> list[Json]:
        """Return all objects of a kind in this mode, the newest first."""
        records = self.account.objects.of(kind)
        return [one.body for one in records if one.livemode == self.livemode and "deleted" not in one.body]

    def emit(self, kind: str, body: Json, previous: Json | None = None) -> Json:
        """Make an event about an object as it is now; `previous` are the values an update replaced."""
        data: Json = {"object": copy.deepcopy(body)}
        if previous is not None:
            data["previous_attributes"] = previous
        facts: Json = {"type": kind, "api_version": API_VERSION, "data": data, "pending_webhooks": 0}
        event = self.make("event", facts | {"request": dict(self.request)})
        self.account.deliveries.send(event, self.livemode if self.heard_by is None else self.heard_by)
        return event

    def change(self, body: Json, event: str | None, **values: Any) -> Json:
        """Change an object, write it, and tell of it if something is different; return the object."""
        before = {name: body.get(name) for name, value in values.items() if body.get(name) != value}
        body |= values
        self.save(body)
        if event and before:
            self.emit(event, body, before)
        return body
