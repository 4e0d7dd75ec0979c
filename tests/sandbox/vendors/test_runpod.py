"""RunPod's endpoints by hand: queued, waited for, cancelled, forgotten."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

from tests.sandbox.receiver import Receiver
from tests.sandbox.vendors.counter import RUNPOD, Counter, Json, job, photo, verified


async def test_a_job_goes_from_the_queue_to_a_clip(counter: Counter, tmp_path: Path) -> None:
    await counter.set("runpod", queue_seconds=10.0, render_seconds=10.0, result="url")
    counter.sandbox.clock.freeze()
    run = await counter.new_run(shape="9:16")
    assert await counter.see(run) == {"id": run, "status": "IN_QUEUE"}
    counter.sandbox.clock.ahead += 14
    running = {"id": run, "status": "IN_PROGRESS", "delayTime": 10_000, "workerId": "sandbox"}
    assert await counter.see(run) == running | {"output": {"progress": 0.4}}
    counter.sandbox.clock.ahead += 6
    done = await counter.see(run)
    assert (done["status"], done["executionTime"]) == ("COMPLETED", 10_000)
    await verified(await counter.load(done["output"]["video_url"]), tmp_path, 720, 1280, 1)


async def test_a_clip_may_come_inside_the_answer(counter: Counter, tmp_path: Path) -> None:
    done = await counter.see(await counter.new_run())
    await verified(base64.b64decode(done["output"]["video_base64"]), tmp_path, 720, 720, 1)


async def test_a_photo_is_loaded_from_this_machine_only(counter: Counter) -> None:
    async with Receiver() as shelf:
        shelf.answers_get("/me.jpg", photo())
        shelf.answers_get("/me.txt", b"words")
        outcomes = {}
        for address in (shelf.at("/me.jpg"), shelf.at("/me.txt"), "http://192.0.2.1/me.jpg", "http://[bad/me.jpg"):
            given = job(image_url=address, image_base64=None)
            run = (await counter.runpod("POST", "run", {"input": given})).json()["id"]
            outcomes[address[-18:]] = (await counter.see(run))["status"]
    assert list(outcomes.values()) == ["COMPLETED", "FAILED", "FAILED", "FAILED"]


async def test_a_job_the_worker_cannot_do_fails(counter: Counter) -> None:
    for wrong, reason, words in (
        ({"shape": "4:3"}, "bad_input", "shape must be one of"),
        ({"image_base64": "%%%"}, "bad_input", "no base64"),
        ({"image_base64": "YWJj"}, "bad_input", "not_an_image"),
        ({"prompt": "a nude figure"}, "refused", "against the rules"),
    ):
        seen = await counter.see(await counter.new_run(**wrong))
        told = json.loads(seen["error"])
        assert (seen["status"], told["reason"]) == ("FAILED", reason)
        assert words in told["message"]


async def test_a_wrong_body_is_refused(counter: Counter) -> None:
    bodies: list[Json] = [
        {},
        {"input": {}},
        {"input": "x"},
        {"input": {"a": 1}, "policy": {"ttl": 9_999}},
        {"input": {"a": 1}, "policy": {"executionTimeout": 4_999}},
        {"input": {"a": 1}, "policy": {"ttl": "1h"}},
        {"input": {"a": 1}, "policy": []},
        {"input": {"a": 1}, "webhook": "https://example.com/hook"},
    ]
    for body in bodies:
        assert (await counter.runpod("POST", "run", body)).status_code == 400, body
    assert await counter.work() == []


async def test_only_so_many_megabytes_are_taken(counter: Counter) -> None:
    body = {"input": {"image_base64": "A" * (10 * 1024 * 1024)}}
    assert (await counter.runpod("POST", "run", body)).status_code == 400
    assert (await counter.runpod("POST", "runsync", body)).status_code == 200


async def test_waiting_ends_with_the_job_or_with_patience(counter: Counter) -> None:
    async with asyncio.timeout(8):
        done = (await counter.runpod("POST", "runsync", {"input": job()})).json()
        assert (done["status"], done["id"][:5]) == ("COMPLETED", "sync-")
        await counter.set("runpod", render_seconds=600.0)
        late = (await counter.runpod("POST", "runsync?wait=1000", {"input": job()})).json()
    assert late["status"] == "IN_PROGRESS"
    assert (await counter.runpod("POST", "runsync?wait=999", {"input": job()})).status_code == 400
    await counter.sandbox.control("POST", f"vendors/work/{late['id']}", {"status": "done"})
    assert (await counter.see(late["id"]))["status"] == "COMPLETED"
    counter.sandbox.clock.ahead += 61
    assert (await counter.runpod("GET", f"status/{late['id']}")).status_code == 404


async def test_results_are_kept_for_half_an_hour(counter: Counter) -> None:
    run = await counter.new_run()
    await counter.see(run)
    counter.sandbox.clock.ahead += 29 * 60
    assert (await counter.see(run))["status"] == "COMPLETED"
    counter.sandbox.clock.ahead += 61
    assert (await counter.runpod("GET", f"status/{run}")).status_code == 404


async def test_a_time_to_live_ends_work_that_runs(counter: Counter) -> None:
    await counter.set("runpod", render_seconds=60.0)
    run = (await counter.runpod("POST", "run", {"input": job(), "policy": {"ttl": 10_000}})).json()["id"]
    assert (await counter.see(run))["status"] == "IN_PROGRESS"
    counter.sandbox.clock.ahead += 10
    assert (await counter.runpod("GET", f"status/{run}")).status_code == 404


async def test_a_worker_has_only_so_much_time(counter: Counter) -> None:
    await counter.set("runpod", render_seconds=60.0)
    policy = {"executionTimeout": 5_000}
    run = (await counter.runpod("POST", "run", {"input": job(), "policy": policy})).json()["id"]
    counter.sandbox.clock.ahead += 6
    seen = await counter.see(run)
    assert (seen["status"], seen["executionTime"]) == ("TIMED_OUT", 5_000)


async def test_cancelled_jobs_stay_so_or_are_forgotten(counter: Counter) -> None:
    await counter.set("runpod", render_seconds=60.0)
    run = await counter.new_run()
    assert (await counter.runpod("POST", f"cancel/{run}")).json() == {"id": run, "status": "CANCELLED"}
    assert (await counter.see(run))["status"] == "CANCELLED"
    await counter.set("runpod", forgets=True)
    assert (await counter.runpod("GET", f"status/{run}")).status_code == 404
    assert (await counter.runpod("POST", "cancel/nothing")).status_code == 404


async def test_an_endpoint_knows_only_its_own_jobs(counter: Counter) -> None:
    run = await counter.new_run()
    assert (await counter.runpod("GET", f"status/{run}", endpoint="ep2")).status_code == 404
    await counter.see(run)
    health = (await counter.runpod("GET", "health")).json()
    jobs = {"completed": 1, "failed": 0, "inProgress": 0, "inQueue": 0, "retried": 0}
    assert health == {"jobs": jobs, "workers": {"idle": 5, "running": 0}}


async def test_a_key_is_needed(counter: Counter) -> None:
    for key in ("", "rpa_test", "Basic abc", "Bearer"):
        answer = await counter.ask("GET", "/runpod/v2/ep1/health", None, RUNPOD | {"Authorization": key})
        assert answer.status_code == 401
