"""One token is one clip on Modal, whatever happens between two lines of the app."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from deploy.modal_desk import Desk, Gone, Pending, Unknown
from tests.deploy.test_contract import given


class Notes:
    """A dictionary in which everybody else gets a turn at each step."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        await asyncio.sleep(0)
        return self.kept.get(key)

    async def put(self, key: str, value: Any) -> None:
        await asyncio.sleep(0)
        self.kept[key] = value

    async def claim(self, key: str, value: Any) -> bool:
        await asyncio.sleep(0)
        return bool(self.kept.setdefault(key, value) == value)

    async def drop(self, key: str) -> None:
        self.kept.pop(key, None)


class Calls:
    def __init__(self) -> None:
        self.started: dict[str, str] = {}
        self.stopped: list[str] = []
        self.ends: dict[str, Any] = {}

    async def start(self, job: dict[str, Any]) -> str:
        call_id = f"fc-{len(self.started)}"
        self.started[call_id] = job["token"]
        await asyncio.sleep(0)
        return call_id

    async def result(self, call_id: str) -> dict[str, Any]:
        end = self.ends.get(call_id, Pending())
        if isinstance(end, Exception):
            raise end
        return dict(end)

    async def stop(self, call_id: str) -> None:
        self.stopped.append(call_id)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def desk(calls: Calls) -> Desk:
    return Desk(Notes(), calls)


async def making(desk: Desk, calls: Calls) -> list[str]:
    """The calls that go to work when all that were started begin."""
    return [call_id for call_id, token in calls.started.items() if await desk.begins(token, call_id)]


async def test_the_same_token_is_the_same_call(desk: Desk, calls: Calls) -> None:
    answers = [await desk.accept(await given()) for _ in range(3)]
    assert answers == [(200, {"call_id": "fc-0"})] * 3
    assert len(calls.started) == 1


async def test_of_tokens_sent_at_once_one_call_goes_to_work(desk: Desk, calls: Calls) -> None:
    job = await given()
    answers = await asyncio.gather(*(desk.accept(job) for _ in range(20)))
    (call_id,) = await making(desk, calls)
    assert {answer[1]["call_id"] for answer in answers} == {call_id}


async def test_a_crash_between_starting_and_claiming_loses_nothing_and_makes_nothing_twice(
    desk: Desk, calls: Calls
) -> None:
    job = await given()
    orphan = await calls.start(job)  # and here the web container died
    assert await desk.begins("t1", orphan)
    assert await desk.accept(job) == (200, {"call_id": orphan})
    assert await making(desk, calls) == [orphan]


async def test_an_orphan_that_begins_too_late_ends_at_once(desk: Desk, calls: Calls) -> None:
    job = await given()
    orphan = await calls.start(job)
    status, body = await desk.accept(job)
    assert (status, await making(desk, calls)) == (200, [body["call_id"]])
    assert body["call_id"] != orphan


async def test_a_container_that_is_moved_may_begin_its_call_again(desk: Desk, calls: Calls) -> None:
    await desk.accept(await given())
    assert [await making(desk, calls) for _ in range(2)] == [["fc-0"]] * 2


async def test_a_bad_job_starts_nothing(desk: Desk, calls: Calls) -> None:
    status, body = await desk.accept({"token": "t1"})
    assert (status, body["error"]["reason"]) == (400, "bad_input")
    assert not calls.started


async def test_a_call_is_shown_waiting_then_running_then_done(desk: Desk, calls: Calls) -> None:
    await desk.accept(await given())
    assert await desk.result("fc-0") == (202, {"call_id": "fc-0", "status": "waiting", "progress": 0.0})
    await desk.progress("fc-0", 0.5)
    assert await desk.result("fc-0") == (202, {"call_id": "fc-0", "status": "running", "progress": 0.5})
    calls.ends["fc-0"] = {"clip": b"mp4", "gpu_seconds": 8.5}
    assert await desk.result("fc-0") == (200, {"call_id": "fc-0", "clip": b"mp4", "gpu_seconds": 8.5})


@pytest.mark.parametrize(("end", "status"), [(Gone(), 410), (Unknown(), 404), ({"error": {"reason": "x"}}, 200)])
async def test_each_end_has_its_status(desk: Desk, calls: Calls, end: Any, status: int) -> None:
    calls.ends["fc-0"] = end
    assert (await desk.result("fc-0"))[0] == status


async def test_what_is_cancelled_is_gone_and_can_be_wanted_again(desk: Desk, calls: Calls) -> None:
    await desk.accept(await given())
    assert (await desk.cancel("fc-0"))[0] == 200
    assert calls.stopped == ["fc-0"]
    assert (await desk.result("fc-0"))[0] == 410
    assert await desk.accept(await given()) == (200, {"call_id": "fc-1"})


async def test_what_nobody_knows_cannot_be_cancelled(desk: Desk, calls: Calls) -> None:
    assert (await desk.cancel("fc-9"))[0] == 404
    assert not calls.stopped
