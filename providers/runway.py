"""Runway's video models, over its plain HTTP API (docs.dev.runwayml.com, version 2024-11-06).

Not through Runway's library. It repeats a creation by itself after a time-out or a 5xx and sends no idempotency key
(runwayml 5.24), so a lost answer would be a second clip on our bill; with that switched off, what is left of it is four
calls, which need the same bounds, errors and measurements as every other vendor's and get them from `providers.remote`.
Runway accepts no key of ours and cannot list work: a submission whose answer is lost stays unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from providers.base import (
    SHAPES,
    Account,
    ClipModel,
    ClipRequest,
    FailureReason,
    OutOfCredit,
    Phase,
    ProviderError,
    Shape,
    Status,
)
from providers.images import data_uri, data_uri_room, fitted
from providers.remote.answers import Answer, amount, clean, share, unreadable
from providers.remote.provider import PAUSES, Clip, RemoteProvider, prompt_or
from providers.remote.wire import Wire, part

NAME: Final = "runway"
API: Final = "https://api.dev.runwayml.com"
VERSION: Final = "2024-11-06"
POLL_SECONDS: Final = 5.0
"""Runway asks not to be asked more often."""
PRICES: Final[dict[str, dict[int, int]]] = {"gen4_turbo": {5: 3, 10: 6}, "gen4.5": {5: 6, 10: 12}}
"""Runway's name for a model to our credits per length in seconds (Runway takes 2 … 10). What Runway takes from us, in
its credits of one US cent: 5 a second for gen4_turbo, 12 a second for gen4.5 (November 2026)."""
NAMES: Final = {"gen4_turbo": "Runway Gen-4 Turbo", "gen4.5": "Runway Gen-4.5"}
LENGTHS: Final = range(2, 11)
RATIOS: Final[dict[Shape, str]] = {"16:9": "1280:720", "9:16": "720:1280", "1:1": "960:960"}
PROMPT_UNITS: Final = 1000
OWN_WORDS: Final = "The scene comes to life with gentle, natural motion."
"""For those who wrote no prompt: gen4.5 takes no empty one."""
URI_CHARACTERS: Final = 5_000_000
"""The longest data URI for a picture that is documented everywhere."""

_PHASES: Final = {
    "PENDING": Phase.WAITING,
    "THROTTLED": Phase.WAITING,  # there are as many at work as our tier allows; it will have its turn
    "RUNNING": Phase.RUNNING,
    "SUCCEEDED": Phase.DONE,
    "FAILED": Phase.FAILED,
    "CANCELLED": Phase.CANCELLED,
}
_FAILURES: Final = (
    # Longer beginnings first. What is in none of them is not tried again: it could be a new word for "refused".
    ("ASSET.INVALID", FailureReason.BAD_INPUT, False),
    ("THIRD_PARTY.INPUT_VALIDATION", FailureReason.BAD_INPUT, False),
    ("THIRD_PARTY.UNAVAILABLE", FailureReason.UNAVAILABLE, True),
    ("INPUT_PREPROCESSING.INTERNAL", FailureReason.UNAVAILABLE, True),
    ("INTERNAL.BAD_OUTPUT", FailureReason.BAD_RESULT, False),  # the same input would fare the same
    ("INTERNAL", FailureReason.UNAVAILABLE, True),
)


class RunwayProvider(RemoteProvider):
    """`prices` says which models and lengths are on offer, by Runway's name for the model."""

    name = NAME

    def __init__(
        self,
        key: str,
        *,
        api_url: str = API,
        prices: Mapping[str, dict[int, int]] = PRICES,
        poll_seconds: float = POLL_SECONDS,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}", "X-Runway-Version": VERSION}
        models = [_model(name, dict(by_length)) for name, by_length in prices.items()]
        super().__init__(Wire(NAME, api_url, headers, judge=_judged), models, poll_seconds=poll_seconds, pauses=pauses)

    async def _submit(self, request: ClipRequest) -> str:
        body = {
            "model": request.model.removeprefix(f"{NAME}-"),
            "promptImage": await self._picture(request.photo),
            "promptText": prompt_or(request, OWN_WORDS),
            "ratio": RATIOS[request.shape],
            "duration": request.duration_s,
            "seed": request.seed,
        }
        return await self._wire.submit("/v1/image_to_video", body)

    async def _status(self, external_id: str) -> Status:
        answer = await self._wire.ask("status", "GET", f"/v1/tasks/{part(external_id)}", passing=(404,))
        if answer.status == 404:
            return Status(Phase.GONE)
        task = self._about(answer, external_id)
        phase = _PHASES.get(str(task.get("status")))
        if phase is None:
            raise unreadable(NAME, "answered with a status nobody knows")
        cost = _credits(task.get("cost"))
        if phase is Phase.FAILED:
            return Status(phase, error=_failure(task), cost=cost)
        return Status(phase, 1.0 if phase is Phase.DONE else share(task.get("progress")), cost=cost)

    async def _cancel(self, external_id: str) -> None:
        # A task that is finished is deleted by this, with its clip; nobody wants it any more.
        await self._wire.ask("cancel", "DELETE", f"/v1/tasks/{part(external_id)}", passing=(404,))

    async def _result(self, external_id: str) -> Clip:
        """Each question gets a fresh address; they expire after a day or two."""
        answer = await self._wire.ask("result", "GET", f"/v1/tasks/{part(external_id)}", passing=(404,))
        if answer.status == 404:
            raise self._gone()
        output = self._about(answer, external_id).get("output")
        if not (isinstance(output, list) and output and isinstance(output[0], str)):
            raise self._error("finished without a clip", FailureReason.BAD_RESULT, retryable=True)
        return output[0]

    async def _account(self) -> Account:
        answer = await self._wire.ask("account", "GET", "/v1/organization")
        return Account(amount(answer.fields().get("creditBalance")), "credits")

    async def _picture(self, photo: bytes) -> str:
        """The photo inside the request; in the rare case that it cannot be made small enough, sent ahead."""
        small = await asyncio.to_thread(fitted, photo, data_uri_room(URI_CHARACTERS))
        return await self._uploaded(photo) if small is None else data_uri(small)

    async def _uploaded(self, photo: bytes) -> str:
        """Runway's name (good for 24 hours) for a photo sent to where it tells us to."""
        place = await self._wire.ask("upload", "POST", "/v1/uploads", {"filename": "photo.jpg", "type": "ephemeral"})
        fields = place.fields().get("fields")
        if not isinstance(fields, dict):
            raise unreadable(NAME, "named no place for the photo")
        form = {str(name): str(value) for name, value in fields.items()}
        await self._outside.upload(place.text("uploadUrl"), form, photo)
        return place.text("runwayUri")


def _model(name: str, prices: dict[int, int]) -> ClipModel:
    if not all(seconds in LENGTHS for seconds in prices):
        raise ValueError(f"{name}: clips are {LENGTHS.start} to {LENGTHS.stop - 1} seconds long")
    return ClipModel(f"{NAME}-{name}", NAMES.get(name, f"Runway {name}"), NAME, SHAPES, prices, PROMPT_UNITS)


def _judged(answer: Answer) -> ProviderError | None:
    words = answer.words()
    if answer.status == 400 and "enough credits" in words.lower():  # Runway has no status of its own for it
        return OutOfCredit(f"{NAME}: {words}", provider=NAME)
    return None


def _failure(task: dict[str, Any]) -> ProviderError:
    code = str(task.get("failureCode") or "INTERNAL")
    words = f"{NAME} failed: {clean(code)} {clean(str(task.get('failure') or ''))}".strip()
    if "SAFETY" in code.split("."):  # wherever it stands; it is charged for, and who insists is suspended
        return ProviderError(words, provider=NAME, reason=FailureReason.REFUSED, retryable=False)
    for beginning, reason, retryable in _FAILURES:
        if f"{code}.".startswith(f"{beginning}."):
            return ProviderError(words, provider=NAME, reason=reason, retryable=retryable)
    return ProviderError(words, provider=NAME, reason=FailureReason.UNAVAILABLE, retryable=False)


def _credits(cost: object) -> float | None:
    return amount(cost.get("credits")) if isinstance(cost, dict) else None
