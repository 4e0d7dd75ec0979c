"""A worker of our own on Modal, over the small HTTP app in deploy/modal_app.py (the contract is in docs/vendors.md).

The app keeps one piece of work for a token, so a submission whose answer was lost is simply sent again. Callers are
known by the headers of Modal's proxy authentication: a request without them never reaches the app.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from providers.base import Account, ClipModel, ClipRequest, FailureReason, Phase, Status
from providers.remote import worker
from providers.remote.answers import Answer, amount, share
from providers.remote.provider import PAUSES, Clip, RemoteProvider
from providers.remote.wire import Wire, part

NAME: Final = "modal"
POLL_SECONDS: Final = 3.0
MODELS: Final = (worker.wan(NAME),)
"""What deploy/modal_app.py makes. Modal bills us by the second of its GPU."""
NO_CALL: Final = "fc-none"
"""Asked about it, an app that knows our proxy token answers 404."""
VIDEO: Final = "video/"
GONE: Final = (404, 410)
"""Never known; cancelled, or kept long enough."""


class ModalProvider(RemoteProvider):
    """`url` is the app's address, `https://<workspace>--<label>.modal.run`."""

    name = NAME
    resubmits_safely = True

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        url: str,
        models: Sequence[ClipModel] = MODELS,
        poll_seconds: float = POLL_SECONDS,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        wire = Wire(NAME, url, {"Modal-Key": key, "Modal-Secret": secret})
        super().__init__(wire, models, poll_seconds=poll_seconds, pauses=pauses)

    async def _submit(self, request: ClipRequest) -> str:
        return await self._wire.submit("/accept", await worker.job(request, vendor=NAME), id_field="call_id")

    async def _status(self, external_id: str) -> Status:
        answer = await self._ask("status", external_id)
        if answer.status in GONE:
            return Status(Phase.GONE)
        if answer.content_type.startswith(VIDEO):
            return Status(Phase.DONE, 1.0, cost=_seconds(answer.headers.get("X-GPU-Seconds", "")))
        told = self._about(answer, external_id, "call_id")
        cost = amount(told.get("gpu_seconds"))
        if told.get("error"):
            return Status(Phase.FAILED, error=worker.failure(NAME, told["error"]), cost=cost)
        if answer.status != 202:
            return Status(Phase.DONE, 1.0, cost=cost)
        phase = Phase.WAITING if told.get("status") == "waiting" else Phase.RUNNING
        return Status(phase, share(told.get("progress")))

    async def _cancel(self, external_id: str) -> None:
        await self._wire.ask("cancel", "POST", f"/cancel/{part(external_id)}", passing=GONE)

    async def _result(self, external_id: str) -> Clip:
        answer = await self._ask("result", external_id)
        if answer.status in GONE:
            raise self._gone()
        if answer.content_type.startswith(VIDEO):
            return f"{self._wire.base}/result/{part(external_id)}"
        told = self._about(answer, external_id, "call_id")
        if isinstance(told.get("video_url"), str):
            return str(told["video_url"])
        raise self._error("finished without a clip", FailureReason.BAD_RESULT, retryable=True)

    async def _account(self) -> Account:
        await self._ask("account", NO_CALL)  # what is left to spend is on Modal's pages only
        return Account()

    async def _ask(self, operation: str, external_id: str) -> Answer:
        """How the work stands. A finished clip is the answer itself, and is not read to learn that it is there."""
        path = f"/result/{part(external_id)}"
        return await self._wire.ask(operation, "GET", path, passing=GONE, unread=VIDEO)


def _seconds(header: str) -> float | None:
    try:
        return amount(float(header))
    except ValueError:
        return None
