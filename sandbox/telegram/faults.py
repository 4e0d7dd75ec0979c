"""Faults ordered for coming calls and deliveries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from sandbox.telegram.model import Json

CALL_KINDS = ("latency", "flood", "error", "html", "drop_before", "drop_after", "forbidden")
UPDATE_KINDS = ("duplicate_updates", "reorder_updates")


@dataclass
class Fault:
    """One order. `times` and `until` (Unix time) are None where there is no end; `seconds` is a latency's delay.

    Without `method` it concerns every method but getUpdates, which would eat up `times` by itself.
    """

    id: int
    kind: str
    method: str | None = None
    bot_id: int | None = None
    times: int | None = None
    until: float | None = None
    seconds: float = 0.0
    retry_after: int = 5
    status: int = 500

    def concerns(self, method: str, bot_id: int) -> bool:
        """Tell whether a call is meant."""
        if self.bot_id not in (None, bot_id):
            return False
        return self.method.lower() == method.lower() if self.method else method != "getUpdates"


class Faults:
    """All orders still standing."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._faults: dict[int, Fault] = {}
        self._last = 0

    def order(self, kind: str, *, seconds: float | None = None, **more: int | str | None) -> Fault:
        """Order a fault. Raises ValueError for an unknown kind, TypeError for unknown fields."""
        if kind not in CALL_KINDS + UPDATE_KINDS:
            raise ValueError(f"there is no fault called {kind}")
        self._last += 1
        fault = Fault(self._last, kind, **more)  # type: ignore[arg-type]  # checked by the caller's table
        if kind == "latency":
            fault.seconds = seconds or 1.0
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

    def strike(self, method: str, bot_id: int) -> dict[str, Fault]:
        """Return the faults a call meets, by kind, and count them as used."""
        return {fault.kind: fault for kind in CALL_KINDS if (fault := self._use(kind, method, bot_id))}

    def strikes(self, kind: str, bot_id: int) -> bool:
        """Tell whether a delivery of updates meets a fault of this kind, and count it as used."""
        return self._use(kind, None, bot_id) is not None

    def _use(self, kind: str, method: str | None, bot_id: int) -> Fault | None:
        self._expire()
        for fault in self._faults.values():
            meant = fault.concerns(method, bot_id) if method else fault.bot_id in (None, bot_id)
            if fault.kind == kind and meant:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def _expire(self) -> None:
        now = self._clock()
        ended = [
            fault.id
            for fault in self._faults.values()
            if (fault.times is not None and fault.times <= 0) or (fault.until is not None and fault.until <= now)
        ]
        for fault_id in ended:
            del self._faults[fault_id]
