"""Orders for things to go wrong, whoever they concern: each stands until it was met so often, or its time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

from sandbox.store import Json


@dataclass(slots=True)
class Ordered:
    """What every order says. `times` and `until` (Unix time) are None where there is no end."""

    id: int
    kind: str
    times: int | None = None
    until: float | None = None


F = TypeVar("F", bound=Ordered)


class Standing(Generic[F]):
    """All orders still standing; a restart ends them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._faults: dict[int, F] = {}
        self._last = 0

    def standing(self) -> list[Json]:
        """Return all orders that have not ended."""
        return [asdict(fault) for fault in self._alive()]

    def withdraw(self, fault_id: int | None) -> bool:
        """Withdraw one order, or all; False if there is no such order."""
        if fault_id is None:
            self._faults.clear()
            return True
        return self._faults.pop(fault_id, None) is not None

    def _add(self, make: Callable[[int], F], *, for_seconds: float | None) -> F:
        """Let an order stand under a new number."""
        self._last += 1
        fault = self._faults[self._last] = make(self._last)
        if for_seconds is not None:
            fault.until = self._clock() + for_seconds
        return fault

    def _met(self, kinds: tuple[str, ...], concerns: Callable[[F], bool]) -> dict[str, F]:
        """Return the first order of each kind that concerns somebody, and count it as met."""
        found: dict[str, F] = {}
        for fault in self._alive():
            if fault.kind in kinds and fault.kind not in found and concerns(fault):
                found[fault.kind] = fault
                if fault.times is not None:
                    fault.times -= 1
        return found

    def _alive(self) -> list[F]:
        now = self._clock()
        for fault in list(self._faults.values()):
            spent = fault.times is not None and fault.times <= 0
            if spent or (fault.until is not None and fault.until <= now):
                del self._faults[fault.id]
        return list(self._faults.values())
