"""Runway's API by hand: what it refuses, and what becomes of a task that was accepted."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sandbox.vendors.counter import RUNWAY, Counter, task


async def test_a_wrong_body_is_refused_in_runways_form(counter: Counter) -> None:
    answer = await counter.runway("POST", "image_to_video", task(ratio="16:9"))
    assert answer.status_code == 400
    refusal = answer.json()
    assert (refusal["error"], len(refusal["issues"])) == ("Validation of body failed", 1)
    assert refusal["issues"][0].keys() == {"code", "path", "message"}
    assert refusal["docUrl"].startswith("https://")
    assert await counter.work() == []


async def test_bytes_that_are_no_photo_fail_later(counter: Counter) -> None:
    picture = "data:image/png;base64," + base64.b64encode(b"no picture at all").decode()
    seen = await counter.look(await counter.new_task(promptImage=picture))
    assert (seen["status"], seen["failureCode"], seen["cost"]) == ("FAILED", "ASSET.INVALID", {"credits": 0})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Runway-Version": ""}, 400),
        ({"X-Runway-Version": "2023-01-01"}, 400),
        ({"Authorization": "Bearer sk-123"}, 401),
        ({"Authorization": ""}, 401),
    ],
    ids=str,
)
async def test_key_and_version_are_needed(counter: Counter, headers: dict[str, str], status: int) -> None:
    answer = await counter.runway("GET", "organization", None, **headers)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    bare = await counter.ask("GET", "/runway/v1/organization", None, {"Authorization": RUNWAY["Authorization"]})
    assert "is required" in bare.json()["error"]


async def test_unknown_addresses_and_methods(counter: Counter) -> None:
    for verb, path, status in (
        ("GET", "tasks/x", 404),
        ("GET", "image_to_video", 405),
        ("POST", "text_to_speech", 404),
    ):
        assert (await counter.runway(verb, path)).status_code == status


async def test_what_is_cancelled_says_so_or_is_not_there(counter: Counter) -> None:
    await counter.set("runway", render_seconds=60.0)
    running = await counter.new_task()
    assert (await counter.look(running))["status"] == "RUNNING"
    answer = await counter.runway("DELETE", f"tasks/{running}")
    assert (answer.status_code, answer.content) == (204, b"")
    seen = await counter.look(running)
    assert (seen["status"], seen["cost"]) == ("CANCELLED", {"credits": 10})
    await counter.set("runway", forgets=True)
    assert (await counter.runway("GET", f"tasks/{running}")).status_code == 404


async def test_deleting_a_finished_task_takes_its_clip_away(counter: Counter) -> None:
    done = await counter.new_task()
    (url,) = (await counter.look(done))["output"]
    await counter.runway("DELETE", f"tasks/{done}")
    assert (await counter.look(done))["status"] == "CANCELLED"
    assert (await counter.http.get(url)).status_code == 404
    assert (await counter.vendor("runway"))["credits"] == 99_990


async def test_the_daily_limit_ends_with_the_day(counter: Counter) -> None:
    await counter.set("runway", daily=1)
    await counter.new_task()
    answer = await counter.runway("POST", "image_to_video", task())
    assert answer.status_code == 429
    counter.sandbox.clock.ahead += 86_401
    await counter.new_task()


async def test_an_upload_needs_its_form_whole(counter: Counter) -> None:
    async def begin() -> dict[str, Any]:
        answer = await counter.runway("POST", "uploads", {"filename": "a.jpg", "type": "ephemeral"})
        return dict(answer.json())

    big, small = ("file", ("a.jpg", b"x" * 600)), ("file", ("a.jpg", b"x" * 511))
    place = await begin()
    for fields, file, status in (
        ({}, big, 403),
        (place["fields"] | {"policy": "mine"}, big, 403),
        (place["fields"], small, 400),
        (place["fields"], big, 204),
    ):
        answer = await counter.http.post(place["uploadUrl"], data=fields, files=[file])
        assert answer.status_code == status
    for body in ({"filename": "a.jpg"}, {"type": "ephemeral"}, {"filename": "a.exe", "type": "ephemeral"}):
        assert (await counter.runway("POST", "uploads", body)).status_code == 400
    # What was uploaded is no photo, as comes out when it is used; and a day later it is not there.
    seen = await counter.look(await counter.new_task(promptImage=place["runwayUri"]))
    assert seen["failureCode"] == "ASSET.INVALID"
    counter.sandbox.clock.ahead += 86_401
    late = await counter.runway("POST", "image_to_video", task(promptImage=place["runwayUri"]))
    assert "has expired" in late.json()["error"]
    await counter.set("runway", credits=0)
    assert (await counter.runway("POST", "uploads", {"filename": "a.jpg", "type": "ephemeral"})).status_code == 400
