from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from providers.base import FailureReason, OutcomeUnknown, Phase, Status
from providers.modal import ModalProvider
from tests.providers.orders import NO_PAUSES, failure_of, order, verdict
from tests.providers.stand import Stand, file, hangs_up, page, says
from tests.support.vendor import real_clip

CALL = "fc-01HZX"
ACCEPT = "POST /accept"
RESULT = f"GET /result/{CALL}"
CANCEL = f"POST /cancel/{CALL}"


@pytest.fixture
async def modal(stand: Stand) -> AsyncIterator[ModalProvider]:
    provider = ModalProvider("wk-1", "ws-2", url=stand.url, pauses=NO_PAUSES)
    yield provider
    await provider.close()


async def test_a_submission_carries_the_job_and_the_keys_of_the_proxy(modal: ModalProvider, stand: Stand) -> None:
    stand.on(ACCEPT, says({"call_id": CALL}, 202))
    request = order(modal)

    assert await modal.submit(request) == CALL
    (asked,) = stand.asked
    assert (asked.headers["Modal-Key"], asked.headers["Modal-Secret"]) == ("wk-1", "ws-2")
    assert asked.body["token"] == request.token
    assert asked.body["duration_s"] == request.duration_s


async def test_a_lost_answer_is_made_good_by_the_same_token(modal: ModalProvider, stand: Stand) -> None:
    stand.on(ACCEPT, hangs_up, page("", 502), says({"call_id": CALL}))

    assert await modal.submit(order(modal)) == CALL
    assert len({one.body["token"] for one in stand.asked}) == 1
    assert modal.resubmits_safely


async def test_what_stays_lost_stays_unknown(modal: ModalProvider, stand: Stand) -> None:
    stand.on(ACCEPT, hangs_up)
    assert isinstance(await failure_of(modal.submit(order(modal))), OutcomeUnknown)
    assert stand.times(ACCEPT) == len(NO_PAUSES) + 1


async def test_a_refusal_after_a_lost_answer_says_nothing_of_the_first_one(modal: ModalProvider, stand: Stand) -> None:
    stand.on(ACCEPT, hangs_up, says({}, 429))
    assert isinstance(await failure_of(modal.submit(order(modal))), OutcomeUnknown)


async def test_a_plain_no_is_not_asked_for_again(modal: ModalProvider, stand: Stand) -> None:
    stand.on(ACCEPT, says({"error": {"reason": "bad_input", "message": "no"}}, 400))
    error = await failure_of(modal.submit(order(modal)))
    assert (error.reason, error.retryable) == (FailureReason.BAD_INPUT, False)
    assert stand.times(ACCEPT) == 1


async def test_missing_keys_are_our_own_fault(modal: ModalProvider, stand: Stand) -> None:
    stand.on(ACCEPT, page("modal-http: missing credentials for proxy authorization", 401))
    assert (await failure_of(modal.submit(order(modal)))).reason is FailureReason.INTERNAL


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (says({"status": "waiting", "progress": 0.0}, 202), Status(Phase.WAITING, 0.0)),
        (says({"status": "running", "progress": 0.5}, 202), Status(Phase.RUNNING, 0.5)),
        (says({}, 202), Status(Phase.RUNNING)),
        (file(real_clip()), Status(Phase.DONE, 1.0)),
        (says({"call_id": CALL, "video_url": "https://x/a", "gpu_seconds": 8.5}), Status(Phase.DONE, 1.0, cost=8.5)),
        (says({}, 404), Status(Phase.GONE)),
        (page("", 410), Status(Phase.GONE)),
    ],
)
async def test_each_answer_has_its_phase(modal: ModalProvider, stand: Stand, answer: Any, expected: Status) -> None:
    stand.on(RESULT, answer)
    assert await modal.status(CALL) == expected


@pytest.mark.parametrize(("header", "cost"), [("8.5", 8.5), ("soon", None), ("nan", None), ("-1", None)])
async def test_a_clip_that_is_the_answer_itself_says_what_it_cost(
    modal: ModalProvider, stand: Stand, header: str, cost: float | None
) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=real_clip(), content_type="video/mp4", headers={"X-GPU-Seconds": header})

    stand.on(RESULT, answer)
    assert await modal.status(CALL) == Status(Phase.DONE, 1.0, cost=cost)


async def test_a_failure_has_its_reason(modal: ModalProvider, stand: Stand) -> None:
    stand.on(RESULT, says({"error": {"reason": "refused", "message": "no"}, "gpu_seconds": 1}))
    status = await modal.status(CALL)
    assert (status.phase, status.cost) == (Phase.FAILED, 1.0)
    assert verdict(status) == (FailureReason.REFUSED, False)


@pytest.mark.parametrize(
    "answer",
    [
        hangs_up,
        page("", 500),
        page("<html>"),
        page("", 401),
        page("", 303),
        says({"call_id": "fc-other", "status": "running"}, 202),
    ],
)
async def test_not_being_told_is_no_verdict(modal: ModalProvider, stand: Stand, answer: Any) -> None:
    stand.on(RESULT, answer)
    assert (await failure_of(modal.status(CALL))).retryable


async def test_cancelling_does_not_mind_what_is_over(modal: ModalProvider, stand: Stand) -> None:
    stand.on(CANCEL, says({}), says({}, 404), says({}, 410))
    for _ in range(3):
        await modal.cancel(CALL)


async def test_a_clip_may_be_the_answer_itself(modal: ModalProvider, stand: Stand, tmp_path: Path) -> None:
    stand.on(RESULT, file(real_clip()))
    await modal.fetch(CALL, tmp_path / "clip.mp4")

    assert (tmp_path / "clip.mp4").read_bytes() == real_clip()
    assert all(one.headers["Modal-Secret"] == "ws-2" for one in stand.asked)


async def test_or_be_at_an_address(modal: ModalProvider, stand: Stand, tmp_path: Path) -> None:
    stand.on(RESULT, says({"video_url": f"{stand.url}/out.mp4"}))
    stand.on("GET /out.mp4", file(real_clip()))
    await modal.fetch(CALL, tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes() == real_clip()


async def test_success_without_a_clip_is_told(modal: ModalProvider, stand: Stand, tmp_path: Path) -> None:
    stand.on(RESULT, says({}))
    error = await failure_of(modal.fetch(CALL, tmp_path / "clip.mp4"))
    assert (error.reason, error.retryable) == (FailureReason.BAD_RESULT, True)


async def test_a_clip_that_is_gone_is_told(modal: ModalProvider, stand: Stand, tmp_path: Path) -> None:
    stand.on(RESULT, page("", 410))
    error = await failure_of(modal.fetch(CALL, tmp_path / "clip.mp4"))
    assert (error.reason, error.retryable) == (FailureReason.UNAVAILABLE, False)
