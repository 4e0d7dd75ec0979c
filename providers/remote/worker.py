"""The contract with GPU workers of our own, the same on every platform that runs them: docs/vendors.md has it whole."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any, Final

from providers.base import SHAPES, ClipModel, ClipRequest, FailureReason, ProviderError
from providers.images import fitted
from providers.remote.answers import clean

PHOTO_BYTES: Final = 6_000_000
"""In base64 8 MB, which leaves room below the 10 MB that RunPod takes."""
REASONS: Final = {
    "refused": (FailureReason.REFUSED, False),
    "bad_input": (FailureReason.BAD_INPUT, False),
    "busy": (FailureReason.BUSY, True),
    "bad_result": (FailureReason.BAD_RESULT, True),
}
"""What a worker may say went wrong. Anything else, a crash above all, may be tried again."""


def wan(vendor: str) -> ClipModel:
    """What the worker in deploy/ makes. It has one key wherever it runs, so that work is spread over all places."""
    return ClipModel("wan", "Wan", vendor, SHAPES, {5: 2}, max_prompt_units=1000)


async def job(request: ClipRequest, *, vendor: str) -> dict[str, Any]:
    """What a worker is given. Raises ProviderError for a photo that cannot be made small enough."""
    photo = await asyncio.to_thread(fitted, request.photo, PHOTO_BYTES)
    if photo is None:
        raise ProviderError(
            f"{vendor}: the photo is too large", provider=vendor, reason=FailureReason.BAD_INPUT, retryable=False
        )
    return {
        "token": request.token,
        "model": request.model.removeprefix(f"{vendor}-"),
        "image_base64": base64.b64encode(photo).decode(),
        "prompt": request.prompt,
        "shape": request.shape,
        "duration_s": request.duration_s,
        "seed": request.seed,
    }


def failure(vendor: str, error: object) -> ProviderError:
    """A worker's error: `{"reason": …, "message": …}`, as an object or as JSON in a text; or any text at all."""
    told = _told(error)
    reason, retryable = REASONS.get(str(told.get("reason")), (FailureReason.UNAVAILABLE, True))
    words = f"{vendor}'s worker failed: {clean(str(told.get('message') or ''))}"
    return ProviderError(words, provider=vendor, reason=reason, retryable=retryable)


def _told(error: object) -> dict[str, Any]:
    if isinstance(error, str):
        try:
            error = json.loads(error)
        except (ValueError, RecursionError):
            return {"message": error}
    return error if isinstance(error, dict) else {"message": str(error)}
