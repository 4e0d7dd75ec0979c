"""The vendors from behind the counter: settings, work, the proof against double submissions, calls, reset."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.vendors.counter import Counter, Json


async def test_vendors_are_listed_with_their_settings_and_work(counter: Counter) -> None:
    await counter.new_task()
    shown = await counter.vendor("runway")
    assert (shown["up"], shown["render_seconds"], shown["work"]["done"]) == (True, 0.0, 1)
    changed = await counter.set("runway", up=False, jitter=0.5)
    assert (changed["up"], changed["jitter"], changed["render_seconds"]) == (False, 0.5, 0.0)
    assert (await counter.vendor("modal"))["up"]


@pytest.mark.parametrize("values", [{"up": 1}, {"speed": 1}, {"concurrency": 0}, {"result": "fax"}], ids=str)
async def test_settings_that_make_no_sense_are_refused(counter: Counter, values: Json) -> None:
    assert "error" in await counter.set("runway", 400, **values)


async def test_an_unknown_vendor_is_refused(counter: Counter) -> None:
    await counter.set("fal", 404, up=True)


async def test_a_double_submission_shows(counter: Counter) -> None:
    """By token where the vendor is told one, at Runway by a digest of what was asked for."""
    for _ in range(2):
        await counter.new_run()
        await counter.new_task()
    await counter.new_task(seed=8)
    counts = {(one["vendor"], len(one["work"]), one["billed"]) for one in await counter.submissions()}
    assert counts == {("runpod", 2, 0), ("runway", 2, 20), ("runway", 1, 10)}
    (by_token,) = await counter.submissions(token="job-1")
    assert (by_token["vendor"], by_token["submissions"]) == ("runpod", 2)


async def test_work_is_shown_with_all_that_matters(counter: Counter) -> None:
    await counter.new_run()
    (work,) = await counter.work(vendor="runpod", token="job-1")
    assert (work["phase"], work["model"], work["billed"], work["gone"]) == ("done", "ep1", 0, False)
    assert (work["clip"]["width"], work["clip"]["seconds"]) == (720, 1)
    assert (await counter.http.get(work["url"])).status_code == 200
    assert "image_base64" not in str(work)


async def test_work_is_ended_by_hand(counter: Counter) -> None:
    await counter.set("runway", render_seconds=600.0)
    tasks = [await counter.new_task() for _ in range(3)]
    orders: list[Json] = [{"status": "done"}, {"status": "failed", "code": "SAFETY.OUTPUT"}, {"status": "cancelled"}]
    for task_id, order in zip(tasks, orders, strict=True):
        await counter.sandbox.control("POST", f"vendors/work/{task_id}", order)
    seen = [await counter.look(task_id) for task_id in tasks]
    assert [one["status"] for one in seen] == ["SUCCEEDED", "FAILED", "CANCELLED"]
    assert (seen[1]["failureCode"], seen[1]["cost"]) == ("SAFETY.OUTPUT", {"credits": 10})
    await counter.sandbox.control("POST", "vendors/work/none", {"status": "done"}, status=404)
    await counter.sandbox.control("POST", f"vendors/work/{tasks[0]}", {"status": "lost"}, status=400)


async def test_calls_are_recorded_without_keys_and_photos(counter: Counter) -> None:
    await counter.fault("error", call="status", times=1)
    run = await counter.new_run()
    await counter.runpod("GET", f"status/{run}")
    await counter.ask("GET", "/runway/v1/organization", None, {})
    calls = await counter.calls()
    facts = [(call["vendor"], call["call"], call["status"], call["faults"]) for call in calls]
    assert facts == [("runpod", "submit", 200, []), ("runpod", "status", 500, ["error"]), ("runway", "read", 401, [])]
    assert "rpa_test" not in str(calls)
    assert await counter.calls(vendor="runway", after=str(calls[0]["n"])) == calls[2:]


async def test_a_call_that_was_cut_has_no_status_before_its_effect(counter: Counter) -> None:
    await counter.fault("drop_before", times=1)
    with pytest.raises(httpx.TransportError):
        await counter.new_task()
    (call,) = await counter.calls()
    assert (call["status"], call["faults"]) == (None, ["drop_before"])


async def test_reset_forgets_everything(counter: Counter) -> None:
    task_id = await counter.new_task()
    await counter.fault("error")
    await counter.sandbox.control("POST", "vendors/reset", {})
    assert (await counter.runway("GET", f"tasks/{task_id}")).status_code == 404
    assert (await counter.work(), await counter.sandbox.control("GET", "vendors/faults")) == ([], [])
    assert ((await counter.vendor("runway"))["credits"], len(await counter.calls())) == (100_000, 1)
    assert await counter.new_task()
