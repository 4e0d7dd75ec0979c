"""Which event goes to which endpoint, and how far it has come."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from sandbox.store import Json, Store
from sandbox.stripe.faults import Faults
from sandbox.stripe.objects import Objects
from sandbox.stripe.settings import Settings

WAITING, HELD, LOST, DELIVERED, FAILED = "waiting", "held", "lost", "delivered", "failed"


@dataclass
class Delivery:
    """One event for one endpoint. Times are Unix time.

    `turn` is its place among what waits for the endpoint; what is `at_once` waits for nothing. `code` is the HTTP
    status of the last answer, `error` what went wrong without one.
    """

    number: int
    event: str
    endpoint: str
    status: str
    turn: int
    at_once: bool = False
    attempts: int = 0
    next_at: float = 0.0
    code: int | None = None
    error: str | None = None


class Deliveries:
    """All deliveries. `news` is set whenever there may be something to send."""

    def __init__(
        self, store: Store, objects: Objects, faults: Faults, settings: Settings, clock: Callable[[], float]
    ) -> None:
        self._store, self._objects, self._faults, self._settings = store, objects, faults, settings
        self._clock = clock
        saved = sorted((Delivery(**one) for one in store.load("delivery")), key=lambda delivery: delivery.number)
        self._all = {delivery.number: delivery for delivery in saved}
        self._waiting = {number: one for number, one in self._all.items() if one.status == WAITING}
        self._by_event: dict[str, list[Delivery]] = {}
        for delivery in saved:
            self._by_event.setdefault(delivery.event, []).append(delivery)
        self._last = max(self._all, default=0)
        self._last_turn = max((one.turn for one in saved), default=0)
        self.news = asyncio.Event()

    def send(self, event: Json, livemode: bool) -> None:
        """Send a new event to every endpoint of the mode that asked for its type, unless a fault gets in the way."""
        endpoints = [record.id for record in self._objects.of("webhook_endpoint") if record.livemode == livemode]
        endpoints = [one for one in reversed(endpoints) if self._wants(one, event["type"])]
        if not endpoints:
            return
        faults = self._faults.strike_event(event["type"])
        status = next((state for kind, state in (("lose", LOST), ("hold", HELD)) if kind in faults), WAITING)
        for endpoint in endpoints:
            self._add(event["id"], endpoint, status)
            for _ in range(faults["duplicate"].copies if "duplicate" in faults else 0):
                self._add(event["id"], endpoint, status, at_once=True)
        self._count_pending(event["id"])

    def send_again(self, event_id: str, times: int) -> int:
        """Send an event once more, or more often and all at once; return how many deliveries that is."""
        endpoints = {one.endpoint for one in self._by_event.get(event_id, ())}
        known = [endpoint for endpoint in sorted(endpoints) if self._objects.get(endpoint)]
        for endpoint in known:
            for _ in range(times):
                self._add(event_id, endpoint, WAITING, at_once=True)
        return len(known) * times

    def release(self, events: list[str] | None, order: str) -> list[str]:
        """Let go what is held, one after the other: in the order of `events`, or of `order`; return that order.

        `order` is `made`, `reversed` or `shuffled`. What is not among `events` stays held.
        """
        held = [one for one in self._all.values() if one.status == HELD]
        if events is not None:
            held = sorted((one for one in held if one.event in events), key=lambda one: events.index(one.event))
        elif order == "reversed":
            held.reverse()
        elif order == "shuffled":
            random.shuffle(held)
        for delivery in held:
            delivery.status, delivery.turn = WAITING, self._next_turn()
            self._waiting[delivery.number] = delivery
            self._save(delivery)
        self.news.set()
        return list(dict.fromkeys(one.event for one in held))

    def waiting(self) -> Iterable[Delivery]:
        """Return what is to be sent, in turn."""
        return sorted(self._waiting.values(), key=lambda one: one.turn)

    def note(self, delivery: Delivery, code: int | None, error: str | None) -> None:
        """Write down how an attempt went; what failed waits for its next attempt, if it gets one."""
        if delivery.number not in self._all:
            return  # everything was forgotten meanwhile
        delivery.attempts += 1
        delivery.code, delivery.error = code, error
        if code is not None and 200 <= code < 300:
            delivery.status = DELIVERED
        elif delivery.attempts >= self._settings.attempts:
            delivery.status = FAILED
        else:
            delivery.next_at = self._clock() + self._settings.retry_seconds * 2 ** (delivery.attempts - 1)
        if delivery.status != WAITING:
            self._waiting.pop(delivery.number, None)
        self._save(delivery)
        self._count_pending(delivery.event)

    def drop_endpoint(self, endpoint: str) -> None:
        """Send nothing more to an endpoint that was deleted or disabled."""
        for delivery in [one for one in self._waiting.values() if one.endpoint == endpoint]:
            delivery.status = FAILED
            del self._waiting[delivery.number]
            self._save(delivery)

    def shown(self, event: str | None = None, status: str | None = None) -> list[Json]:
        """Return all deliveries, oldest first, of one event or with one status if that is asked for."""
        found = (one for one in self._all.values() if event in (None, one.event) and status in (None, one.status))
        return [asdict(one) | {"type": self._type(one.event)} for one in found]

    def clear(self) -> None:
        """Forget all deliveries; numbers go on."""
        self._all.clear()
        self._waiting.clear()
        self._by_event.clear()
        self._store.clear("delivery")

    def _add(self, event: str, endpoint: str, status: str, *, at_once: bool = False) -> None:
        self._last += 1
        delivery = Delivery(self._last, event, endpoint, status, self._next_turn(), at_once)
        self._all[delivery.number] = delivery
        self._by_event.setdefault(event, []).append(delivery)
        if status == WAITING:
            self._waiting[delivery.number] = delivery
        self._save(delivery)
        self.news.set()

    def _next_turn(self) -> int:
        self._last_turn += 1
        return self._last_turn

    def _save(self, delivery: Delivery) -> None:
        self._store.put("delivery", delivery.number, asdict(delivery))

    def _wants(self, endpoint_id: str, event_type: str) -> bool:
        endpoint = self._objects.get(endpoint_id)
        if endpoint is None or endpoint.body["status"] != "enabled":
            return False
        return bool({"*", event_type} & set(endpoint.body["enabled_events"]))

    def _count_pending(self, event_id: str) -> None:
        """Write into an event how many endpoints have not confirmed it."""
        record = self._objects.get(event_id)
        if record is None:
            return
        mine = self._by_event[event_id]
        confirmed = {one.endpoint for one in mine if one.status == DELIVERED}
        record.body["pending_webhooks"] = len({one.endpoint for one in mine} - confirmed)
        self._objects.save(record)

    def _type(self, event_id: str) -> str:
        record = self._objects.get(event_id)
        return str(record.body["type"]) if record else ""
