from __future__ import annotations

import base64
import json

import pytest

from providers.base import ClipRequest, FailureReason
from providers.remote import worker
from tests.providers.orders import failure_of
from tests.support.photographs import jpeg

REQUEST = ClipRequest("t1", "modal-wan", jpeg(), "waves", "1:1", 5, 7)


async def test_a_worker_is_told_all_it_needs() -> None:
    assert await worker.job(REQUEST, vendor="modal") == {
        "token": "t1",
        "model": "wan",
        "image_base64": base64.b64encode(REQUEST.photo).decode(),
        "prompt": "waves",
        "shape": "1:1",
        "duration_s": 5,
        "seed": 7,
    }


async def test_a_photo_that_cannot_be_made_to_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PHOTO_BYTES", 100)
    error = await failure_of(worker.job(REQUEST, vendor="modal"))
    assert (error.reason, error.retryable) == (FailureReason.BAD_INPUT, False)


@pytest.mark.parametrize(
    ("reason", "expected", "retryable"),
    [
        ("refused", FailureReason.REFUSED, False),
        ("bad_input", FailureReason.BAD_INPUT, False),
        ("busy", FailureReason.BUSY, True),
        ("bad_result", FailureReason.BAD_RESULT, True),
        ("internal", FailureReason.UNAVAILABLE, True),
        ("something new", FailureReason.UNAVAILABLE, True),
        (None, FailureReason.UNAVAILABLE, True),
        (["refused"], FailureReason.UNAVAILABLE, True),
    ],
)
def test_a_workers_reasons_have_their_meaning(reason: object, expected: FailureReason, retryable: bool) -> None:
    told = {"reason": reason, "message": "why"}
    for error in (worker.failure("runpod", told), worker.failure("runpod", json.dumps(told))):
        assert (error.reason, error.retryable) == (expected, retryable)
        assert "why" in str(error)


@pytest.mark.parametrize("error", ["CUDA out of memory", "", "[1, 2]", "[" * 100_000, 7, ["a"], {"message": 5}])
def test_a_crash_of_any_shape_may_be_tried_again(error: object) -> None:
    found = worker.failure("runpod", error)
    assert (found.reason, found.retryable) == (FailureReason.UNAVAILABLE, True)
    assert len(str(found)) < 300
