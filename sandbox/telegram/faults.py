"""Faults ordered for coming calls and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.faults import Ordered, Standing

CALL_KINDS = ("latency", "flood", "error", "html", "drop_before", "drop_after", "forbidden")
UPDATE_KINDS = ("duplicate_updates", "reorder_updates")


@dataclass(slots=True)
class Fault(Ordered):
    """`seconds` is a latency's delay.

    Without `method` it concerns every method but getUpdates, which would eat up `times` by itself.
    """

    method: str | None = None
    bot_id: int | None = None
    seconds: float = 0.0
    retry_after: int = 5
    status: int = 500

    def concerns(self, method: str, bot_id: int) -> bool:
        """Tell whether a call is meant."""
        if self.bot_id not in (None, bot_id):
            return False
        return self.method.lower() == method.lower() if self.method else method != "getUpdates"


class Faults(Standing[Fault]):
    def order(self, kind: str, *, seconds: float | None = None, **more: Any) -> Fault:
        """Order a fault. Raises ValueError for an unknown kind, TypeError for unknown fields."""
        if kind not in CALL_KINDS + UPDATE_KINDS:
            raise ValueError(f"there is no fault called {kind}")
        if kind != "latency":
            return self._add(partial(Fault, kind=kind, **more), for_seconds=seconds)
        return self._add(partial(Fault, kind=kind, seconds=seconds or 1.0, **more), for_seconds=None)

    def strike(self, method: str, bot_id: int) -> dict[str, Fault]:
        """Return the faults a call meets, by kind, and count them as used."""
        return self._met(CALL_KINDS, lambda fault: fault.concerns(method, bot_id))

    def strikes(self, kind: str, bot_id: int) -> bool:
        """Tell whether a delivery of updates meets a fault of this kind, and count it as used."""
        return bool(self._met((kind,), lambda fault: fault.bot_id in (None, bot_id)))
