from __future__ import annotations

from typing import Any

import pytest

from deploy.contract import BadJob, no, read
from providers.base import ClipRequest, FailureReason
from providers.modal import MODELS
from providers.remote import worker
from tests.support.photographs import jpeg


async def given(**changes: Any) -> dict[str, Any]:
    request = ClipRequest("t1", "modal-wan", jpeg(), "waves", "9:16", 5, 7)
    return await worker.job(request, vendor="modal") | changes


async def test_workers_take_what_our_adapters_send() -> None:
    job = read(await given())
    assert (job.token, job.photo, job.prompt, job.size, job.seed) == ("t1", jpeg(), "waves", (704, 1280), 7)
    assert (job.seconds, job.frames) == (5, 121)


async def test_workers_take_all_that_is_on_offer() -> None:
    for model in MODELS:
        for shape in model.shapes:
            for seconds in model.prices:
                read(await given(shape=shape, duration_s=seconds))


@pytest.mark.parametrize(
    "change",
    [
        {"shape": "4:3"},
        {"shape": None},
        {"duration_s": 60},
        {"duration_s": None},
        {"token": ""},
        {"token": 7},
        {"prompt": None},
        {"seed": "7"},
        {"image_base64": "not base64"},
        {"image_base64": None},
        {"image_base64": "R0lGODlh"},
    ],
)
async def test_workers_refuse_what_they_cannot_do(change: dict[str, Any]) -> None:
    with pytest.raises(BadJob):
        read(await given(**change))


@pytest.mark.parametrize("whole", [None, [], "job", 7])
def test_a_job_is_an_object(whole: object) -> None:
    with pytest.raises(BadJob):
        read(whole)


def test_our_adapters_understand_a_workers_no() -> None:
    error = worker.failure("modal", no("refused", "against the rules" * 100)["error"])
    assert (error.reason, error.retryable) == (FailureReason.REFUSED, False)
