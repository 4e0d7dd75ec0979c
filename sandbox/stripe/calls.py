"""A record of the API calls that came in."""

from __future__ import annotations

from collections import deque

from sandbox.store import Json

KEPT = 5000


class Calls:
    """The last calls, numbered; keys are not among what is recorded."""

    def __init__(self) -> None:
        self._calls: deque[Json] = deque(maxlen=KEPT)
        self._last = 0

    def record(self, at: float, call: str, object_id: str, params: Json, status: int) -> None:
        """Append a call: when (Unix time), which, about what, and how it was answered."""
        self._last += 1
        self._calls.append(
            {"n": self._last, "at": at, "call": call, "id": object_id, "params": params, "status": status}
        )

    def after(self, number: int, call: str = "") -> list[Json]:
        """Return the calls with a greater number whose name begins as given."""
        return [one for one in self._calls if one["n"] > number and one["call"].startswith(call)]

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        self._calls.clear()
