"""A vendor that does what a test tells it, and remembers what it was asked."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from providers.base import SHAPES, ClipModel, ClipRequest, FailureReason, Phase, ProviderError, Shape, Status
from tests.media.clips import make_clip

PRICES = {5: 2, 10: 4}
"""Seconds to credits."""


SIZES: dict[Shape, tuple[int, int]] = {"16:9": (160, 90), "9:16": (90, 160), "1:1": (96, 96)}


def real_clip(seconds: float = 5.0, *, black: bool = False, shape: Shape = "16:9") -> bytes:
    """A real clip, as small as passes for one. The same bytes each time, which encoding it again need not give."""
    return _clip(seconds, black, shape)


@cache
def _clip(seconds: float, black: bool, shape: Shape) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        return make_clip(path, seconds=seconds, size=SIZES[shape], rate=8, black=black).read_bytes()


def refusal(*, retryable: bool, reason: FailureReason = FailureReason.BUSY) -> ProviderError:
    return ProviderError("the vendor says no", provider="vendor", reason=reason, retryable=retryable)


class Vendor:
    """A remote vendor: it outlives our workers, and each of its works is live until it has given its verdict.

    Fill `on_submit`, `on_status` and `on_fetch` with what it answers next; when they run out, all goes well.
    """

    def __init__(self, *, resubmits_safely: bool = True, embedded: bool = True, name: str = "vendor") -> None:
        """`embedded`: a worker stays with its work to the end, so that one call of a test sees all of it."""
        self.name = name
        self.embedded = embedded
        self.resubmits_safely = resubmits_safely
        self.poll_seconds = 0.0
        self.calls_back = False
        self.on_submit: list[BaseException] = []
        self.on_status: list[Status | BaseException] = []
        self.on_fetch: list[bytes | BaseException] = []
        self.submissions: list[ClipRequest] = []
        self.cancelled: list[str] = []
        self._works: dict[str, str] = {}
        self._shapes: dict[str, Shape] = {}

    def models(self) -> tuple[ClipModel, ...]:
        return (
            ClipModel("vendor-one", "One", self.name, SHAPES, PRICES, max_prompt_units=200),
            ClipModel("vendor-wide", "Wide", self.name, ("16:9",), {6: 3}, max_prompt_units=100),
        )

    async def submit(self, request: ClipRequest) -> str:
        self.submissions.append(request)
        if self.on_submit:
            raise self.on_submit.pop(0)
        if self.resubmits_safely and request.token in self._works.values():
            return next(known for known, token in self._works.items() if token == request.token)
        external_id = f"work-{len(self.submissions)}"
        self._works[external_id] = request.token
        self._shapes[external_id] = request.shape
        return external_id

    async def status(self, external_id: str) -> Status:
        if self.on_status:
            answer = self.on_status.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            return answer
        return Status(Phase.DONE if external_id in self._works else Phase.GONE)

    async def cancel(self, external_id: str) -> None:
        self.cancelled.append(external_id)

    async def fetch(self, external_id: str, into: Path) -> None:
        assert external_id in self._works, "only what was taken on can be fetched"
        answer = self.on_fetch.pop(0) if self.on_fetch else real_clip(shape=self._shapes[external_id])
        if isinstance(answer, BaseException):
            raise answer
        into.write_bytes(answer)

    async def close(self) -> None:
        """Nothing is held open."""

    def forget_everything(self) -> None:
        """As an embedded renderer does when its process dies."""
        self._works.clear()

    @property
    def works(self) -> int:
        """How many pieces of work it has taken on and would charge for."""
        return len(self._works)
