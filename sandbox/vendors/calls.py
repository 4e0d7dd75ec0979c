"""A record of the calls that came in for the vendors."""

from __future__ import annotations

from collections import deque

from sandbox.store import Json

KEPT = 5000


class Calls:
    """The last calls, numbered; neither keys nor what was sent are among what is recorded."""

    def __init__(self) -> None:
        self._calls: deque[Json] = deque(maxlen=KEPT)
        self._last = 0

    def record(self, **facts: object) -> None:
        """Append a call."""
        self._last += 1
        self._calls.append({"n": self._last, **facts})

    def after(self, number: int, vendor: str = "", call: str = "") -> list[Json]:
        """Return the calls with a greater number, of one vendor or one kind if that is asked for."""
        return [
            one
            for one in self._calls
            if one["n"] > number and vendor in ("", one["vendor"]) and call in ("", one["call"])
        ]

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        self._calls.clear()
