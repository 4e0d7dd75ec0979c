"""The embedded renderer as a provider: it works in threads of this process, and forgets everything when that ends."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
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
from providers.local.prompt import plan
from providers.local.render import SIZES, Stopped, render

log = structlog.get_logger(__name__)
NAME = "local"
MODEL = ClipModel(
    key="local-motion", name="Echoes Motion", provider=NAME, shapes=SHAPES, prices={5: 1, 10: 2}, max_prompt_units=1000
)
KEEP_SECONDS = 900.0
"""How long a finished clip waits to be fetched; then its file goes."""


@dataclass(slots=True)
class _Work:
    """One rendering. The thread that renders writes `progress`, `error` and `finished`; others only read them."""

    file: Path
    stop: threading.Event = field(default_factory=threading.Event)
    progress: float = 0.0
    begun: bool = False
    finished: float | None = None
    """When it ended, on the monotonic clock."""
    error: ProviderError | None = None


class LocalProvider:
    name = NAME
    resubmits_safely = True  # the same token is the same rendering, and a rendering costs nobody anything
    poll_seconds = 0.2

    def __init__(self, *, renders: int) -> None:
        self._threads = ThreadPoolExecutor(renders, thread_name_prefix="render")
        self._folder = Path(tempfile.mkdtemp(prefix="echoes-local-"))
        self._works: dict[str, _Work] = {}

    def models(self) -> tuple[ClipModel, ...]:
        return (MODEL,)

    async def submit(self, request: ClipRequest) -> str:
        self._forget_old()
        if request.token not in self._works:
            work = _Work(self._folder / f"{request.token}.mp4")
            self._works[request.token] = work
            asyncio.get_running_loop().run_in_executor(self._threads, self._render, work, request)
        return request.token

    async def status(self, external_id: str) -> Status:
        work = self._works.get(external_id)
        if work is None:
            return Status(Phase.GONE)
        if work.error is not None:
            return Status(Phase.FAILED, error=work.error)
        if work.stop.is_set():
            return Status(Phase.CANCELLED)
        if work.finished is not None:
            return Status(Phase.DONE, 1.0)
        return Status(Phase.RUNNING if work.begun else Phase.WAITING, work.progress)

    async def cancel(self, external_id: str) -> None:
        work = self._works.pop(external_id, None)
        if work is not None:
            work.stop.set()
            if work.finished is not None:
                work.file.unlink(missing_ok=True)

    async def fetch(self, external_id: str, into: Path) -> None:
        work = self._works.get(external_id)
        if work is None or work.finished is None:
            raise ProviderError("there is no such clip", provider=NAME, reason=FailureReason.INTERNAL, retryable=True)
        await asyncio.to_thread(shutil.copyfile, work.file, into)

    async def close(self) -> None:
        for work in self._works.values():
            work.stop.set()
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _render(self, work: _Work, request: ClipRequest) -> None:
        """On one of the threads."""
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
        except Stopped:
            work.file.unlink(missing_ok=True)
        except ValueError as error:
            work.error = _failure(error, FailureReason.BAD_INPUT)
        except Exception as error:  # noqa: BLE001 - of cv2 or the encoder: the job must learn of it, whatever it is
            work.error = _failure(error, FailureReason.INTERNAL)
        work.finished = time.monotonic()

    def _forget_old(self) -> None:
        now = time.monotonic()
        for token, work in list(self._works.items()):
            if work.finished is not None and work.finished < now - KEEP_SECONDS:
                del self._works[token]
                work.file.unlink(missing_ok=True)


def _failure(error: Exception, reason: FailureReason) -> ProviderError:
    log.error("rendering failed", error=repr(error))
    failure = ProviderError(
        f"rendering failed: {error}", provider=NAME, reason=reason, retryable=reason is FailureReason.INTERNAL
    )
    failure.__cause__ = error
    return failure
