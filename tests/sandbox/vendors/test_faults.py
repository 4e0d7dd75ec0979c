"""Faults on order: each does what its name says, as often as ordered, to what it was meant for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from media.errors import ClipProblem, ClipRefused
from sandbox.vendors.faults import CALL_KINDS, KINDS, SPOILS, WEBHOOK_KINDS, WORK_KINDS, WRITER_KINDS
from tests.sandbox.vendors.counter import Counter, Json, job, task, verified

PROBLEMS = {
    "corrupt": ClipProblem.DAMAGED,
    "truncated": ClipProblem.DAMAGED,
    "header_only": ClipProblem.DAMAGED,
    "zero_bytes": ClipProblem.EMPTY,
    "html_video": ClipProblem.NOT_A_VIDEO,
    "wrong_length": ClipProblem.WRONG_LENGTH,
    "wrong_size": ClipProblem.WRONG_SIZE,
    "black": ClipProblem.BLACK,
}


@pytest.mark.parametrize(("kind", "works"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_connection_is_cut_before_or_after_the_effect(counter: Counter, kind: str, works: int) -> None:
    for vendor, send in _submissions(counter).items():
        await counter.fault(kind, vendor=vendor, call="submit", times=1)
        with pytest.raises(httpx.TransportError):
            await send()
        assert len(await counter.work(vendor=vendor)) == works


def _submissions(counter: Counter) -> dict[str, Any]:
    return {
        "runway": lambda: counter.runway("POST", "image_to_video", task()),
        "runpod": lambda: counter.runpod("POST", "run", {"input": job()}),
        "modal": lambda: counter.modal("POST", "accept", job()),
    }


async def test_a_stalled_answer_has_taken_effect(counter: Counter) -> None:
    await counter.fault("stall", seconds=0.5, times=1)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await counter.new_task()
    assert loop.time() - begin >= 0.5
    await counter.fault("stall", seconds=60, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await counter.http.post(f"{counter.sandbox.url}/modal/accept", json=job(), headers=_modal(), timeout=0.3)
    assert len(await counter.work(vendor="modal")) == 1


def _modal() -> dict[str, str]:
    return {"Modal-Key": "wk-test", "Modal-Secret": "ws-test"}


async def test_latency_delays_before_the_effect(counter: Counter) -> None:
    await counter.fault("latency", seconds=60, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await counter.http.post(f"{counter.sandbox.url}/modal/accept", json=job(), headers=_modal(), timeout=0.3)
    assert await counter.work() == []


async def test_refusals_are_in_the_vendors_own_form(counter: Counter) -> None:
    shapes: dict[str, type] = {"runway": str, "runpod": str, "modal": dict}
    for vendor, send in _submissions(counter).items():
        await counter.fault("rate_limit", vendor=vendor, times=1, retry_after=17)
        limited = await send()
        assert (limited.status_code, limited.headers["Retry-After"]) == (429, "17")
        assert isinstance(limited.json()["error"], shapes[vendor])
        await counter.fault("error", vendor=vendor, times=1, status=503)
        assert (await send()).status_code == 503
        await counter.fault("no_credit", vendor=vendor, times=1)
        broke = await send()
        assert broke.status_code == (400 if vendor == "runway" else 402)
    assert await counter.work() == []


async def test_html_and_half_an_answer_come_after_the_effect(counter: Counter) -> None:
    await counter.fault("html", times=1)
    page = await counter.runway("POST", "image_to_video", task())
    assert (page.status_code, page.headers["Content-Type"][:9]) == (502, "text/html")
    await counter.fault("html", times=1, status=200)
    assert (await counter.runway("GET", "organization")).status_code == 200
    await counter.fault("garbage", times=1)
    half = await counter.runpod("POST", "run", {"input": job()})
    assert half.headers["Content-Type"].startswith("application/json")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        half.json()
    assert len(await counter.work()) == 2


async def test_a_vendor_that_is_down_takes_nothing(counter: Counter) -> None:
    await counter.set("runpod", up=False)
    assert (await counter.runpod("POST", "run", {"input": job()})).status_code == 503
    assert await counter.new_task()
    await counter.set("runpod", up=True)
    assert await counter.new_run()


async def test_a_fault_ends_after_its_times_its_time_or_when_withdrawn(counter: Counter) -> None:
    async def status() -> int:
        return (await counter.runway("GET", "organization")).status_code

    await counter.fault("error", times=2)
    assert [await status() for _ in range(3)] == [500, 500, 200]
    await counter.fault("error", for_seconds=60)
    assert await status() == 500
    counter.sandbox.clock.ahead += 61
    assert await status() == 200
    number = await counter.fault("error")
    assert [fault["id"] for fault in await counter.sandbox.control("GET", "vendors/faults")] == [number]
    await counter.sandbox.control("DELETE", f"vendors/faults/{number}")
    assert await status() == 200
    await counter.sandbox.control("DELETE", f"vendors/faults/{number}", status=404)
    await counter.fault("error")
    await counter.sandbox.control("DELETE", "vendors/faults")
    assert await status() == 200


async def test_a_fault_meets_only_what_it_is_meant_for(counter: Counter) -> None:
    run = await counter.new_run()
    await counter.fault("error", vendor="runpod", model="ep2")
    await counter.fault("error", vendor="runway", model="gen4.5", call="submit")
    await counter.see(run)
    assert (await counter.runpod("GET", "health", endpoint="ep2")).status_code == 500
    await counter.new_task()
    refused = await counter.runway("POST", "image_to_video", task(model="gen4.5"))
    assert refused.status_code == 500


@pytest.mark.parametrize(
    "order", [{}, {"kind": "flood"}, {"kind": "error", "vendor": "fal"}, {"kind": "error", "call": "x"}], ids=str
)
async def test_an_order_that_means_nothing_is_refused(counter: Counter, order: Json) -> None:
    assert "error" in await counter.sandbox.control("POST", "vendors/faults", order, status=400)


async def test_work_that_never_finishes_or_is_slow(counter: Counter) -> None:
    await counter.fault("never_finish", times=1)
    await counter.fault("slow", seconds=60, model="gen4.5", times=1)
    never, slow = await counter.new_task(), await counter.new_task(model="gen4.5")
    assert (await counter.look(slow))["status"] == "RUNNING"
    counter.sandbox.clock.ahead += 61
    assert [(await counter.look(one))["status"] for one in (never, slow)] == ["RUNNING", "SUCCEEDED"]
    # RunPod gives up on a worker by itself.
    await counter.fault("never_finish", times=1)
    run = await counter.new_run()
    counter.sandbox.clock.ahead += 601
    assert (await counter.see(run))["status"] == "TIMED_OUT"


async def test_a_full_vendor_throttles(counter: Counter) -> None:
    await counter.fault("throttle", seconds=60, times=1)
    held, other = await counter.new_task(), await counter.new_task()
    assert [(await counter.look(one))["status"] for one in (held, other)] == ["THROTTLED", "SUCCEEDED"]
    counter.sandbox.clock.ahead += 61
    assert (await counter.look(held))["status"] == "SUCCEEDED"


async def test_moderation_and_failures_by_code(counter: Counter) -> None:
    await counter.fault("moderate", times=1)
    seen = await counter.look(await counter.new_task())
    assert (seen["failureCode"], seen["cost"]) == ("SAFETY.INPUT.TEXT", {"credits": 10})
    await counter.fault("fail", code="INPUT_PREPROCESSING.INTERNAL", message="oh", times=1)
    seen = await counter.look(await counter.new_task())
    assert (seen["failureCode"], seen["failure"]) == ("INPUT_PREPROCESSING.INTERNAL", "oh")
    assert seen["cost"] == {"credits": 0}


async def test_a_late_success_comes_after_a_failure(counter: Counter) -> None:
    await counter.fault("late_success", seconds=60, times=1)
    late = await counter.new_task()
    assert (await counter.look(late))["status"] == "FAILED"
    counter.sandbox.clock.ahead += 61
    seen = await counter.look(late)
    assert (seen["status"], seen["cost"]) == ("SUCCEEDED", {"credits": 10})


async def test_progress_goes_backwards(counter: Counter) -> None:
    await counter.set("runway", render_seconds=10.0)
    await counter.fault("backwards", times=1)
    odd = await counter.new_task()
    await counter.look(odd)
    counter.sandbox.clock.freeze()
    counter.sandbox.clock.ahead += 5
    seen = [(await counter.look(odd))["progress"] for _ in range(3)]
    assert seen != sorted(seen)


async def test_an_answer_tells_of_other_work(counter: Counter) -> None:
    other = await counter.new_task()
    await counter.fault("wrong_id", times=1)
    mine = await counter.new_task()
    assert (await counter.look(mine))["id"] == other
    assert (await counter.look(other))["id"] == other


async def test_every_spoilt_clip_is_spoilt_in_its_own_way(counter: Counter, tmp_path: Path) -> None:
    assert PROBLEMS.keys() == set(SPOILS)
    await counter.set("modal", result="url")
    found = {}
    for kind in SPOILS:
        await counter.fault(kind, times=1)
        told = (await counter.modal("GET", f"result/{await counter.new_call(token=kind, duration_s=2)}")).json()
        data = await counter.load(told["video_url"])
        with pytest.raises(ClipRefused) as refused:
            await verified(data, tmp_path, 720, 720, 2)
        found[kind] = refused.value.reason
    assert found == PROBLEMS


async def test_a_faults_kind_is_in_one_list_and_can_be_asked_for(counter: Counter) -> None:
    known = await counter.sandbox.control("GET", "vendors/faults/kinds")
    assert set(known) == {*CALL_KINDS, *WORK_KINDS, *WEBHOOK_KINDS, *WRITER_KINDS} == set(KINDS)
    assert len(known) == len(set(known))
