"""The embedded renderer as a provider: it works in threads of this process, and forgets everything when that ends."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from providers.base import (
    SHAPES,
    ClipModel,
    ClipRequest,
    FailureReason,
    Phase,
    ProviderError,
    Status,
)
from providers.local import NAME
from providers.local.prompt import plan
from providers.local.render import SIZES, Stopped, render
from providers.local.workshop import Workshop

log = structlog.get_logger(__name__)
MODEL = ClipModel(
    key="local-motion", name="Echoes Motion", provider=NAME, shapes=SHAPES, prices={5: 1, 10: 2}, max_prompt_units=1000
)
KEEP_SECONDS = 900.0
"""How long a finished clip waits to be fetched; then its file goes."""
MOST_WAITING = 64
"""Each holds its photo in memory; more than this is refused as busy."""


@dataclass(slots=True)
class _Work:
    """One rendering. The thread that renders writes `progress` and, last of all, `end`; others only read them."""

    file: Path
    stop: threading.Event = field(default_factory=threading.Event)
    progress: float = 0.0
    begun: bool = False
    end: Status | None = None
    ended_at: float = 0.0
    """On the monotonic clock."""

    def status(self) -> Status:
        if self.end is not None:
            return self.end
        if self.stop.is_set():
            return Status(Phase.CANCELLED)
        return Status(Phase.RUNNING if self.begun else Phase.WAITING, self.progress)


class LocalProvider:
    """Renders up to `renders` clips at a time; each takes a core or two for some seconds."""

    name = NAME
    embedded = True
    resubmits_safely = True  # the same token is the same rendering, and a rendering costs nobody anything
    poll_seconds = 0.2
    calls_back = False

    def __init__(self, *, renders: int, folder: Path | None = None) -> None:
        self._threads = ThreadPoolExecutor(renders, thread_name_prefix="render")
        self._workshop = Workshop(folder)
        self._works: dict[str, _Work] = {}
        self._count = 0

    def models(self) -> tuple[ClipModel, ...]:
        return (MODEL,)

    async def submit(self, request: ClipRequest) -> str:
        self._forget_old()
        external_id = hashlib.sha256(request.token.encode()).hexdigest()[:32]
        work = self._works.get(external_id)
        # What was stopped can be wanted again after all; everything else one token has one answer to.
        if work is None or work.status().phase is Phase.CANCELLED:
            self._accept(external_id, request)
        return external_id

    async def status(self, external_id: str) -> Status:
        work = self._works.get(external_id)
        return Status(Phase.GONE) if work is None else work.status()

    async def cancel(self, external_id: str) -> None:
        work = self._works.get(external_id)
        if work is not None and work.end is None:
            work.stop.set()

    async def fetch(self, external_id: str, into: Path) -> None:
        work = self._works.get(external_id)
        if work is None or work.status().phase is not Phase.DONE:
            raise ProviderError("there is no such clip", provider=NAME, reason=FailureReason.INTERNAL, retryable=True)
        await asyncio.to_thread(shutil.copyfile, work.file, into)

    async def close(self) -> None:
        for work in self._works.values():
            work.stop.set()
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)
        await asyncio.to_thread(self._workshop.close)

    def _accept(self, external_id: str, request: ClipRequest) -> None:
        if (request.model, request.shape in MODEL.shapes, request.duration_s in MODEL.prices) != (
            MODEL.key,
            True,
            True,
        ):
            raise _refusal(
                f"no such clip: {request.model} {request.shape} {request.duration_s} s", FailureReason.BAD_INPUT
            )
        if sum(work.end is None for work in self._works.values()) >= MOST_WAITING:
            raise _refusal(f"{MOST_WAITING} clips are waiting already", FailureReason.BUSY)
        self._count += 1  # a name of its own each: the stopped one may not have let go of its file yet
        work = self._works[external_id] = _Work(self._workshop.folder / f"{self._count}.mp4")
        self._threads.submit(self._render, work, request)

    def _render(self, work: _Work, request: ClipRequest) -> None:
        """On one of the threads. It never raises: how it went stands in `work.end`."""
        work.begun = True
        try:
            render(
                request.photo,
                plan(request.prompt, request.seed),
                work.file,
                size=SIZES[request.shape],
                seconds=request.duration_s,
                on_progress=lambda done: setattr(work, "progress", done),
                wants_stop=work.stop.is_set,
            )
            end = Status(Phase.DONE, 1.0)
        except Stopped:
            end = Status(Phase.CANCELLED)
        except ValueError as error:
            end = Status(Phase.FAILED, error=_failure(error, FailureReason.BAD_INPUT))
        except Exception as error:  # noqa: BLE001 - of cv2 or the encoder: the job must learn of it, whatever it is
            end = Status(Phase.FAILED, error=_failure(error, FailureReason.INTERNAL))
        if end.phase is not Phase.DONE:
            work.file.unlink(missing_ok=True)
        work.ended_at = time.monotonic()
        work.end = end

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEEP_SECONDS
        for external_id, work in list(self._works.items()):
            if work.end is not None and work.ended_at < oldest:
                del self._works[external_id]
                work.file.unlink(missing_ok=True)


def _refusal(message: str, reason: FailureReason) -> ProviderError:
    return ProviderError(message, provider=NAME, reason=reason, retryable=reason is FailureReason.BUSY)


def _failure(error: Exception, reason: FailureReason) -> ProviderError:
    log.warning("rendering failed", error=repr(error), reason=reason)
    failure = ProviderError(
        f"rendering failed: {error}", provider=NAME, reason=reason, retryable=reason is FailureReason.INTERNAL
    )
    failure.__cause__ = error
    return failure
