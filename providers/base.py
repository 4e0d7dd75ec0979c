"""What an AI vendor looks like to the job service.

One file (or folder) a vendor implements `Provider`. The shape serves both kinds we have: the embedded renderer, which
works inside this process, and remote vendors, which are asked again and again until they give a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, TypeVar

Shape = Literal["16:9", "9:16", "1:1"]
SHAPES: tuple[Shape, ...] = ("16:9", "9:16", "1:1")
SHAPE_RATIOS: dict[str, float] = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}
"""Width to height."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a vendor says of our account, as far as it does."""

    credit: float | None = None
    """What is left to spend, in `unit`s."""
    unit: str = ""


class FailureReason(StrEnum):
    """Why paid work failed, as far as a user can be told. `conversation.texts` has the sentence for each."""

    REFUSED = "refused"  # the vendor's safety rules: never retried
    BAD_INPUT = "bad_input"  # this photo or prompt cannot be used
    BUSY = "busy"  # throttled, out of capacity
    UNAVAILABLE = "unavailable"  # down, unreachable, 5xx
    BAD_RESULT = "bad_result"  # finished, but what came is not what was ordered
    TIMED_OUT = "timed_out"  # no verdict by the job's deadline
    INTERNAL = "internal"  # our own fault, or the vendor's account with us
    STOPPED = "stopped"  # by who runs the service: no vendor says so


class ProviderError(Exception):
    """A vendor said no, or could not be asked.

    `retryable` is the adapter's judgement: the same request may succeed later at the same vendor; `retry_after` is in
    how many seconds, where the vendor says so. The message is for the log: no secret, no link, nothing of the photo.
    """

    def __init__(
        self, message: str, *, provider: str, reason: FailureReason, retryable: bool, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after


class OutcomeUnknown(ProviderError):
    """The submission may or may not have been accepted (a time-out after sending, say)."""

    def __init__(self, message: str, *, provider: str) -> None:
        super().__init__(message, provider=provider, reason=FailureReason.UNAVAILABLE, retryable=False)


class OutOfCredit(ProviderError):
    """Our account at the vendor is empty: somebody has to pay it up. Another vendor may still do the work."""

    def __init__(self, message: str, *, provider: str) -> None:
        super().__init__(message, provider=provider, reason=FailureReason.INTERNAL, retryable=False)


@dataclass(frozen=True, slots=True)
class ClipModel:
    """A model a user can choose, and what it can do."""

    key: str
    """Stable name kept in the database, e.g. `local-motion`."""
    name: str
    """Proper name shown to users; not translated."""
    provider: str
    shapes: tuple[Shape, ...]
    prices: dict[int, int]
    """Length in seconds to price in credits; its keys are the lengths on offer."""
    max_prompt_units: int = 1000
    """Longest prompt, in UTF-16 code units (the unit vendors and Telegram count in)."""

    def nearest_length(self, seconds: int) -> int:
        return min(self.prices, key=lambda length: abs(length - seconds))

    def nearest_shape(self, wanted: str) -> Shape:
        return next((shape for shape in self.shapes if shape == wanted), self.shapes[0])


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """One submission. The same `token` always carries the same content."""

    token: str
    model: str
    photo: bytes
    """JPEG, upright, without metadata."""
    prompt: str
    shape: Shape
    duration_s: int
    seed: int
    """0 … 2³¹ − 1; the same request with the same seed gives the same clip where the vendor allows."""


class Phase(StrEnum):
    WAITING = "waiting"  # accepted, not begun
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"  # the vendor knows no such work (any more)


@dataclass(frozen=True, slots=True)
class Status:
    """The vendor's answer to "how is it going?"."""

    phase: Phase
    progress: float | None = None
    """0.0 … 1.0, or None where the vendor does not say."""
    error: ProviderError | None = None
    """Set when and only when the phase is FAILED."""
    cost: float | None = None
    """What it cost us, in the vendor's unit (its credits, seconds of a GPU); None where the vendor does not say."""


Wanted = TypeVar("Wanted", contravariant=True)


class Maker(Protocol[Wanted]):
    """An adapter to whoever makes what is `Wanted`. It holds the wire format; retries, leases and money are the job
    service's.
    """

    name: str
    embedded: bool
    """True for what works in this very process, which has to stay with it. Remote work is watched from anywhere."""
    resubmits_safely: bool
    """True where submitting one token twice is one piece of work (an idempotency token, or our own renderer)."""
    poll_seconds: float
    """How long to wait between two questions about one piece of work."""
    calls_back: bool
    """True where it says itself when work has ended, so that it is asked only in case the call got lost."""

    def models(self) -> tuple[ClipModel, ...]: ...

    async def submit(self, request: Wanted) -> str:
        """Hand the work over and return the vendor's id for it. Raises ProviderError, OutcomeUnknown."""
        ...

    async def status(self, external_id: str) -> Status:
        """Raises ProviderError (retryable) when the vendor cannot be asked; that is no verdict on the work."""
        ...

    async def cancel(self, external_id: str) -> None:
        """Stop the work if it can be stopped; unknown or finished work is no error."""
        ...

    async def fetch(self, external_id: str, into: Path) -> None:
        """Write what was made to the file `into`. Raises ProviderError."""
        ...

    async def close(self) -> None:
        """Stop what runs in this process and let go of connections."""
        ...


Provider: TypeAlias = Maker[ClipRequest]
"""A maker of clips: an AI vendor, or the renderer of this house."""
