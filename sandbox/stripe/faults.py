"""Faults ordered for coming API calls and deliveries of events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.faults import Ordered, Standing

CALL_KINDS = ("latency", "rate_limit", "error", "drop_before", "drop_after")
DELIVERY_KINDS = ("lose", "duplicate", "hold")


@dataclass(slots=True)
class Fault(Ordered):
    """`seconds` is a latency's delay.

    `call` is the beginning of `POST /v1/…` it concerns, `event` the beginning of an event's type; without them it
    concerns all. `copies` is how often a duplicate comes besides the first time.
    """

    call: str = ""
    event: str = ""
    seconds: float = 1.0
    status: int = 500
    copies: int = 1


class Faults(Standing[Fault]):
    def order(self, kind: str, *, seconds: float | None = None, **more: Any) -> Fault:
        """Order a fault. Raises ValueError for an unknown kind."""
        if kind not in CALL_KINDS + DELIVERY_KINDS:
            raise ValueError(f"there is no fault called {kind}")
        if kind != "latency":
            return self._add(partial(Fault, kind=kind, **more), for_seconds=seconds)
        delay = 1.0 if seconds is None else seconds
        return self._add(partial(Fault, kind=kind, seconds=delay, **more), for_seconds=None)

    def strike(self, call: str) -> dict[str, Fault]:
        """Return the faults a call meets, by kind, and count them as used."""
        return self._met(CALL_KINDS, lambda fault: call.startswith(fault.call))

    def strike_event(self, event: str) -> dict[str, Fault]:
        """Return the faults an event's delivery meets, by kind, and count them as used."""
        return self._met(DELIVERY_KINDS, lambda fault: event.startswith(fault.event))
