"""A worker of our own on RunPod serverless (docs.runpod.io; the worker is described in docs/vendors.md).

RunPod knows no idempotency: two submissions are two pieces of work. A webhook of theirs is not signed, so it is only a
hint that it is time to ask: nothing it says is believed, and nothing in here reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from providers.base import Account, ClipModel, ClipRequest, FailureReason, Phase, ProviderError, Status
from providers.remote import worker
from providers.remote.answers import amount, share, unreadable
from providers.remote.provider import PAUSES, Clip, RemoteProvider
from providers.remote.wire import Wire, part

NAME: Final = "runpod"
API: Final = "https://api.runpod.ai/v2"
POLL_SECONDS: Final = 3.0
MODELS: Final = (worker.wan(NAME),)
"""What the worker in docs/vendors.md makes. RunPod bills us by the second of its GPU, cold starts included."""
RUN_SECONDS: Final = 600
"""Longer no clip takes; a worker that hangs would be paid for until then."""
LIVE_SECONDS: Final = 3600 + RUN_SECONDS
"""Queue and run together. No job of ours waits longer than an hour; what is older RunPod drops, even half done."""

_PHASES: Final = {
    "IN_QUEUE": Phase.WAITING,
    "IN_PROGRESS": Phase.RUNNING,
    "RUNNING": Phase.RUNNING,
    "COMPLETED": Phase.DONE,
    "FAILED": Phase.FAILED,
    "TIMED_OUT": Phase.FAILED,
    "CANCELLED": Phase.CANCELLED,
}


class RunPodProvider(RemoteProvider):
    """`webhook` gives the address RunPod is to call when the work of a submission's token is done."""

    name = NAME

    def __init__(
        self,
        key: str,
        endpoint_id: str,
        *,
        api_url: str = API,
        models: Sequence[ClipModel] = MODELS,
        webhook: Callable[[str], str] | None = None,
        poll_seconds: float = POLL_SECONDS,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        wire = Wire(NAME, f"{api_url.rstrip('/')}/{part(endpoint_id)}", {"Authorization": f"Bearer {key}"})
        super().__init__(wire, models, poll_seconds=poll_seconds, pauses=pauses)
        self._webhook = webhook
        self.calls_back = webhook is not None

    async def _submit(self, request: ClipRequest) -> str:
        policy = {"executionTimeout": RUN_SECONDS * 1000, "ttl": LIVE_SECONDS * 1000}
        body: dict[str, Any] = {"input": await worker.job(request, vendor=NAME), "policy": policy}
        if self._webhook is not None:
            body["webhook"] = self._webhook(request.token)
        return await self._wire.submit("/run", body)

    async def _status(self, external_id: str) -> Status:
        answer = await self._wire.ask("status", "GET", f"/status/{part(external_id)}", passing=(404,))
        if answer.status == 404:
            return Status(Phase.GONE)
        work = self._about(answer, external_id)
        phase = _PHASES.get(str(work.get("status")))
        if phase is None:
            raise unreadable(NAME, "answered with a status nobody knows")
        cost = _gpu_seconds(work)
        error = _failure(work)
        if phase is Phase.FAILED or (phase is Phase.DONE and error is not None):
            return Status(Phase.FAILED, error=error or worker.failure(NAME, work.get("status")), cost=cost)
        return Status(phase, 1.0 if phase is Phase.DONE else _progress(work), cost=cost)

    async def _cancel(self, external_id: str) -> None:
        # 400: it is finished. Documented is only that there is such an answer, not for what.
        await self._wire.ask("cancel", "POST", f"/cancel/{part(external_id)}", passing=(400, 404))

    async def _result(self, external_id: str) -> Clip:
        answer = await self._wire.ask("result", "GET", f"/status/{part(external_id)}", passing=(404,))
        if answer.status == 404:
            raise self._gone()
        output = self._about(answer, external_id).get("output")
        found = output if isinstance(output, dict) else {}
        if isinstance(found.get("video_url"), str):
            return str(found["video_url"])
        if isinstance(found.get("video_base64"), str):
            return await self._decoded(found["video_base64"])
        raise self._error("finished without a clip", FailureReason.BAD_RESULT, retryable=True)

    async def _account(self) -> Account:
        await self._wire.ask("account", "GET", "/health")  # what is left to spend only the other API tells
        return Account()


def _failure(work: dict[str, Any]) -> ProviderError | None:
    """Why it failed: said beside the output, or by a worker in it."""
    if work.get("status") == "TIMED_OUT":
        return ProviderError(
            f"{NAME}'s worker took too long", provider=NAME, reason=FailureReason.TIMED_OUT, retryable=True
        )
    output = work.get("output")
    error = work.get("error") or (output.get("error") if isinstance(output, dict) else None)
    return worker.failure(NAME, error) if error else None


def _progress(work: dict[str, Any]) -> float | None:
    """A worker's latest word on it stands where the output will be."""
    output = work.get("output")
    return share(output.get("progress") if isinstance(output, dict) else output)


def _gpu_seconds(work: dict[str, Any]) -> float | None:
    milliseconds = amount(work.get("executionTime"))
    return None if milliseconds is None else milliseconds / 1000
