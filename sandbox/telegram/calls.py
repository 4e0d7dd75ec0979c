"""A record of the Bot API calls that came in."""

from __future__ import annotations

from collections import deque

from sandbox.telegram.model import Json

KEPT = 5000


class Calls:
    """The last calls, numbered; tokens and secrets are not among what is recorded."""

    def __init__(self) -> None:
        self._calls: deque[Json] = deque(maxlen=KEPT)
        self._last = 0

    def record(self, at: float, bot_id: int, method: str, params: Json, error: str | None) -> None:
        """Append a call: when (Unix time), whose, what, and why it failed if it did."""
        self._last += 1
        shown = {name: "…" if name == "secret_token" else value for name, value in params.items()}
        entry: Json = {"n": self._last, "at": at, "bot_id": bot_id, "method": method, "params": shown}
        self._calls.append(entry | {"ok": error is None, "error": error})

    def after(self, number: int, method: str | None = None) -> list[Json]:
        """Return the calls with a greater number, of one method if it is given."""
        return [
            call
            for call in self._calls
            if call["n"] > number and (not method or call["method"].lower() == method.lower())
        ]

    def clear(self) -> None:
        """Forget all calls; numbers go on."""
        self._calls.clear()
