from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from providers.base import FailureReason, OutcomeUnknown, OutOfCredit, Phase, Status
from providers.runpod import RunPodProvider
from tests.providers.orders import NO_PAUSES, failure_of, order, verdict
from tests.providers.stand import Stand, file, hangs_up, page, says
from tests.support.vendor import real_clip

KEY = "rpa_0123456789"
WORK = "c3a1b2d4-u1"
RUN = "POST /v2/ep1/run"
STATUS = f"GET /v2/ep1/status/{WORK}"
CANCEL = f"POST /v2/ep1/cancel/{WORK}"


@pytest.fixture
async def runpod(stand: Stand) -> AsyncIterator[RunPodProvider]:
    provider = RunPodProvider(KEY, "ep1", api_url=f"{stand.url}/v2", pauses=NO_PAUSES)
    yield provider
    await provider.close()


def work(status: str, **fields: Any) -> Any:
    return says({"id": WORK, "status": status, **fields})


async def test_a_submission_carries_the_job_and_its_bounds(runpod: RunPodProvider, stand: Stand) -> None:
    stand.on(RUN, work("IN_QUEUE"))
    request = order(runpod)

    assert await runpod.submit(request) == WORK
    (asked,) = stand.asked
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.body["input"]["token"] == request.token
    assert base64.b64decode(asked.body["input"]["image_base64"]) == request.photo
    assert asked.body["policy"] == {"executionTimeout": 600_000, "ttl": 4_200_000}
    assert "webhook" not in asked.body


async def test_runpod_calls_where_we_say(stand: Stand) -> None:
    runpod = RunPodProvider(KEY, "ep1", api_url=f"{stand.url}/v2", webhook=lambda token: f"https://bot.example/{token}")
    stand.on(RUN, work("IN_QUEUE"))
    request = order(runpod)
    await runpod.submit(request)
    await runpod.close()
    assert stand.asked[0].body["webhook"] == f"https://bot.example/{request.token}"


async def test_a_lost_answer_is_never_made_good_by_sending_again(runpod: RunPodProvider, stand: Stand) -> None:
    for answer in (hangs_up, page("", 500), says({"status": "IN_QUEUE"})):
        stand.on(RUN, answer)
        assert isinstance(await failure_of(runpod.submit(order(runpod))), OutcomeUnknown)
    assert stand.times(RUN) == 3
    assert not runpod.resubmits_safely


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (400, FailureReason.BAD_INPUT, False),
        (401, FailureReason.INTERNAL, False),
        (404, FailureReason.INTERNAL, False),
        (429, FailureReason.BUSY, True),
    ],
)
async def test_refusals_are_put_into_our_words(
    runpod: RunPodProvider, stand: Stand, status: int, reason: FailureReason, retryable: bool
) -> None:
    stand.on(RUN, says({"error": "no"}, status))
    error = await failure_of(runpod.submit(order(runpod)))
    assert (error.reason, error.retryable) == (reason, retryable)


async def test_an_empty_account_is_recognised(runpod: RunPodProvider, stand: Stand) -> None:
    stand.on(RUN, says({"error": "Insufficient balance"}, 402))
    assert isinstance(await failure_of(runpod.submit(order(runpod))), OutOfCredit)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (work("IN_QUEUE", delayTime=5), Status(Phase.WAITING)),
        (work("IN_PROGRESS"), Status(Phase.RUNNING)),
        (work("RUNNING"), Status(Phase.RUNNING)),
        (work("IN_PROGRESS", output={"progress": 0.5}), Status(Phase.RUNNING, 0.5)),
        (work("IN_PROGRESS", output=50), Status(Phase.RUNNING, 0.5)),
        (work("IN_PROGRESS", output="loading"), Status(Phase.RUNNING)),
        (work("COMPLETED", output={"video_url": "https://x/a"}, executionTime=2500), Status(Phase.DONE, 1.0, cost=2.5)),
        (work("CANCELLED"), Status(Phase.CANCELLED)),
        (says({"error": "request does not exist"}, 404), Status(Phase.GONE)),
    ],
)
async def test_each_status_has_its_phase(runpod: RunPodProvider, stand: Stand, answer: Any, expected: Status) -> None:
    stand.on(STATUS, answer)
    assert await runpod.status(WORK) == expected


@pytest.mark.parametrize(
    ("answer", "reason", "retryable"),
    [
        (work("FAILED", error=json.dumps({"reason": "refused"})), FailureReason.REFUSED, False),
        (work("FAILED", error={"reason": "bad_input"}), FailureReason.BAD_INPUT, False),
        (work("FAILED", error="Traceback …"), FailureReason.UNAVAILABLE, True),
        (work("FAILED"), FailureReason.UNAVAILABLE, True),
        (work("FAILED", output={"error": {"reason": "refused"}}), FailureReason.REFUSED, False),
        (work("COMPLETED", output={"error": "out of memory"}), FailureReason.UNAVAILABLE, True),
        (work("TIMED_OUT", error="job timed out"), FailureReason.TIMED_OUT, True),
    ],
)
async def test_each_failure_has_its_meaning(
    runpod: RunPodProvider, stand: Stand, answer: Any, reason: FailureReason, retryable: bool
) -> None:
    stand.on(STATUS, answer)
    status = await runpod.status(WORK)
    assert status.phase is Phase.FAILED
    assert verdict(status) == (reason, retryable)


@pytest.mark.parametrize(
    "answer",
    [hangs_up, page("", 502), page("<html>"), says({}, 401), says({"id": WORK, "status": "?"}), says({"id": "other"})],
)
async def test_not_being_told_is_no_verdict(runpod: RunPodProvider, stand: Stand, answer: Any) -> None:
    stand.on(STATUS, answer)
    assert (await failure_of(runpod.status(WORK))).retryable


async def test_cancelling_does_not_mind_what_is_over(runpod: RunPodProvider, stand: Stand) -> None:
    stand.on(CANCEL, work("CANCELLED"), says({"error": "no"}, 400), says({"error": "no"}, 404), page("", 500))
    for _ in range(3):
        await runpod.cancel(WORK)
    assert (await failure_of(runpod.cancel(WORK))).retryable


async def test_a_clip_comes_by_its_address_or_in_the_answer(
    runpod: RunPodProvider, stand: Stand, tmp_path: Path
) -> None:
    stand.on("GET /bucket/out.mp4", file(real_clip()))
    for output in (
        {"video_url": f"{stand.url}/bucket/out.mp4"},
        {"video_base64": base64.b64encode(real_clip()).decode()},
    ):
        stand.on(STATUS, work("COMPLETED", output=output))
        await runpod.fetch(WORK, tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == real_clip()
        (tmp_path / "clip.mp4").unlink()


@pytest.mark.parametrize("output", [None, {}, "https://x/a", {"video_base64": "not base64"}, {"video_base64": "ы"}])
async def test_success_without_a_clip_is_told(
    runpod: RunPodProvider, stand: Stand, tmp_path: Path, output: object
) -> None:
    stand.on(STATUS, work("COMPLETED", output=output))
    error = await failure_of(runpod.fetch(WORK, tmp_path / "clip.mp4"))
    assert (error.reason, error.retryable) == (FailureReason.BAD_RESULT, True)


async def test_a_clip_that_is_gone_is_told(runpod: RunPodProvider, tmp_path: Path) -> None:
    error = await failure_of(runpod.fetch(WORK, tmp_path / "clip.mp4"))
    assert (error.reason, error.retryable) == (FailureReason.UNAVAILABLE, False)
