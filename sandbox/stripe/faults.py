"""Faults ordered for coming API calls and deliveries of events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.store import Json

CALL_KINDS = ("latency", "rate_limit", "error", "drop_before", "drop_after")
DELIVERY_KINDS = ("lose", "duplicate", "hold")


@dataclass
class Fault:
    """One order. `times` and `until` (Unix time) are None where there is no end; `seconds` is a latency's delay.

    `call` is the beginning of `POST /v1/…` it concerns, `event` the beginning of an event's type; without them it
    concerns all. `copies` is how often a duplicate comes besides the first time.
    """

    id: int
    kind: str
    call: str = ""
    event: str = ""
    times: int | None = None
    until: float | None = None
    seconds: float = 1.0
    status: int = 500
    copies: int = 1


class Faults:
    """All orders still standing; a restart ends them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._faults: dict[int, Fault] = {}
        self._last = 0

    def order(self, kind: str, *, seconds: float | None = None, **more: Any) -> Fault:
        """Order a fault. Raises ValueError for an unknown kind."""
        if kind not in CALL_KINDS + DELIVERY_KINDS:
            raise ValueError(f"there is no fault called {kind}")
        self._last += 1
        fault = Fault(self._last, kind, **more)
        if kind == "latency":
            fault.seconds = 1.0 if seconds is None else seconds
        elif seconds is not None:
            fault.until = self._clock() + seconds
        self._faults[fault.id] = fault
        return fault

    def standing(self) -> list[Json]:
        """Return all orders that have not ended."""
        self._expire()
        return [asdict(fault) for fault in self._faults.values()]

    def withdraw(self, fault_id: int | None) -> bool:
        """Withdraw one order, or all; False if there is no such order."""
        if fault_id is None:
            self._faults.clear()
            return True
        return self._faults.pop(fault_id, None) is not None

    def strike(self, call: str) -> dict[str, Fault]:
        """Return the faults a call meets, by kind, and count them as used."""
        found = {kind: self._use(kind, lambda fault: call.startswith(fault.call)) for kind in CALL_KINDS}
        return {kind: fault for kind, fault in found.items() if fault}

    def strike_event(self, event: str) -> dict[str, Fault]:
        """Return the faults an event's delivery meets, by kind, and count them as used."""
        found = {kind: self._use(kind, lambda fault: event.startswith(fault.event)) for kind in DELIVERY_KINDS}
        return {kind: fault for kind, fault in found.items() if fault}

    def _use(self, kind: str, concerns: Callable[[Fault], bool]) -> Fault | None:
        self._expire()
        for fault in self._faults.values():
            if fault.kind == kind and concerns(fault):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def _expire(self) -> None:
        now = self._clock()
        for fault in list(self._faults.values()):
            spent = fault.times is not None and fault.times <= 0
            if spent or (fault.until is not None and fault.until <= now):
                del self._faults[fault.id]
