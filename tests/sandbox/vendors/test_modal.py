"""The contract with our worker on Modal: one token is one call, whatever becomes of the answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.vendors.counter import MODAL, Counter, job, verified


async def test_a_call_goes_from_waiting_to_the_bytes(counter: Counter, tmp_path: Path) -> None:
    await counter.set("modal", queue_seconds=10.0, render_seconds=10.0)
    counter.sandbox.clock.freeze()
    call = await counter.new_call(shape="16:9")
    waiting = await counter.modal("GET", f"result/{call}")
    assert (waiting.status_code, waiting.json()["status"]) == (202, "waiting")
    counter.sandbox.clock.ahead += 15
    running = (await counter.modal("GET", f"result/{call}")).json()
    assert running == {"call_id": call, "status": "running", "progress": 0.5}
    counter.sandbox.clock.ahead += 5
    done = await counter.modal("GET", f"result/{call}")
    assert (done.headers["Content-Type"], done.headers["X-GPU-Seconds"]) == ("video/mp4", "10.0")
    await verified(done.content, tmp_path, 1280, 720, 1)


async def test_a_clip_may_be_an_address(counter: Counter, tmp_path: Path) -> None:
    await counter.set("modal", result="url")
    told = (await counter.modal("GET", f"result/{await counter.new_call()}")).json()
    assert told["gpu_seconds"] == 0
    await verified(await counter.load(told["video_url"]), tmp_path, 720, 720, 1)


async def test_the_same_token_is_the_same_call_unless_it_was_cancelled(counter: Counter) -> None:
    await counter.set("modal", render_seconds=60.0)
    calls = {await counter.new_call() for _ in range(3)}
    assert len(calls) == 1
    (sent,) = await counter.submissions(vendor="modal")
    assert (sent["token"], sent["submissions"], len(sent["work"])) == ("job-1", 3, 1)
    (first,) = calls
    await counter.modal("POST", f"cancel/{first}")
    assert await counter.new_call() != first


async def test_many_submissions_at_once_are_one_call(counter: Counter) -> None:
    calls = await asyncio.gather(*(counter.new_call(token="race") for _ in range(10)))
    assert len(set(calls)) == 1
    (sent,) = await counter.submissions(token="race")
    assert (sent["submissions"], len(sent["work"])) == (10, 1)


async def test_two_calls_for_one_token_are_a_fault(counter: Counter) -> None:
    first = await counter.new_call()
    await counter.fault("two_ids", vendor="modal", times=1)
    second = await counter.new_call()
    assert first != second
    assert await counter.new_call() == second
    (sent,) = await counter.submissions(vendor="modal")
    assert (sent["submissions"], len(sent["work"])) == (3, 2)


async def test_failures_have_a_reason(counter: Counter) -> None:
    told = (await counter.modal("GET", f"result/{await counter.new_call(prompt='gore')}")).json()
    assert told["error"] == {"reason": "refused", "message": "the prompt is against the rules"}
    await counter.fault("fail", code="busy", message="no GPU", times=1)
    told = (await counter.modal("GET", f"result/{await counter.new_call(token='b')}")).json()
    assert told["error"] == {"reason": "busy", "message": "no GPU"}


async def test_what_is_gone_and_what_never_was(counter: Counter) -> None:
    done = await counter.new_call()
    assert (await counter.modal("GET", f"result/{done}")).status_code == 200
    counter.sandbox.clock.ahead += 7 * 86_400 + 1
    assert (await counter.modal("GET", f"result/{done}")).status_code == 410
    await counter.set("modal", render_seconds=60.0)
    stopped = await counter.new_call(token="b")
    for _ in range(2):
        answer = await counter.modal("POST", f"cancel/{stopped}")
        assert answer.json() == {"call_id": stopped, "status": "cancelled"}
    assert (await counter.modal("GET", f"result/{stopped}")).status_code == 410
    assert (await counter.modal("POST", "cancel/fc-none")).status_code == 404
    assert (await counter.modal("GET", "result/fc-none")).status_code == 404


@pytest.mark.parametrize("wrong", [{"shape": "2:1"}, {"token": ""}, {"x": 1}], ids=str)
async def test_a_wrong_job_is_refused_at_once(counter: Counter, wrong: dict[str, Any]) -> None:
    answer = await counter.modal("POST", "accept", job(**wrong))
    assert (answer.status_code, answer.json()["error"]["reason"]) == (400, "bad_input")


@pytest.mark.parametrize(
    ("headers", "words"),
    [({"Modal-Key": ""}, "missing"), ({"Modal-Secret": "as-token"}, "invalid")],
    ids=str,
)
async def test_the_proxy_wants_both_of_its_headers(counter: Counter, headers: dict[str, str], words: str) -> None:
    answer = await counter.ask("GET", "/modal/result/fc-1", None, MODAL | headers)
    assert answer.status_code == 401
    assert words in answer.text
