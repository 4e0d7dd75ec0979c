"""Idempotency keys: the same call with the same key is answered as the first time, and has no second effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sandbox.store import Json, Store
from sandbox.stripe.errors import StripeError

# Stripe keeps keys for at least a day. https://docs.stripe.com/api/idempotent_requests
KEPT_SECONDS = 24 * 3600
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call with a key was answered."""

    key: str
    path: str
    digest: str
    request_id: str
    status: int
    body: Json
    at: float


class Replies:
    """The answers given to calls with a key, a set for each mode."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._replies = {saved["key"]: Reply(**saved) for saved in store.load("reply")}

    def recall(self, livemode: bool, key: str, path: str, params: Json) -> Reply | None:
        """Return the answer given before, if any. Raises StripeError when the key came with something else."""
        if len(key) > LONGEST_KEY:
            raise _misused(f"Idempotency keys can have up to {LONGEST_KEY} characters.")
        reply = self._replies.get(_mode(livemode, key))
        if reply is None or reply.at + KEPT_SECONDS <= self._clock():
            return None
        if reply.path != path:
            raise _misused(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for"
                f" ('{path}' vs '{reply.path}'). Try using a key other than '{key}' if you meant to execute a different"
                " request."
            )
        if reply.digest != _digest(params):
            raise _misused(
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
                f" Try using a key other than '{key}' if you meant to execute a different request."
            )
        return reply

    def keep(self, livemode: bool, key: str, path: str, params: Json, request_id: str, status: int, body: Json) -> None:
        """Remember an answer."""
        name = _mode(livemode, key)
        reply = Reply(name, path, _digest(params), request_id, status, body, self._clock())
        self._replies[name] = reply
        self._store.put("reply", name, asdict(reply))

    def clear(self) -> None:
        """Forget all answers."""
        self._replies.clear()
        self._store.clear("reply")


def _mode(livemode: bool, key: str) -> str:
    return f"{'live' if livemode else 'test'}/{key}"


def _digest(params: Json) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def _misused(message: str) -> StripeError:
    return StripeError(message, kind="idempotency_error")
