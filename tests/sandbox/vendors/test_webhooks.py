"""RunPod's webhooks: all of the job, unsigned, up to three times, and now and then lost."""

from __future__ import annotations

import json

from aiohttp import web

from tests.sandbox.receiver import Json, Receiver
from tests.sandbox.vendors.counter import Counter, job


async def _run(counter: Counter, hook: Receiver, **more: object) -> str:
    body = {"input": job(**more), "webhook": f"{hook.url}?secret=1"}
    return str((await counter.runpod("POST", "run", body)).json()["id"])


async def test_the_end_is_told_with_all_of_the_job(counter: Counter) -> None:
    await counter.set("runpod", render_seconds=0.1, result="url")
    async with Receiver() as hook:
        run = await _run(counter, hook)
        (told,) = await hook.wait(1)
    assert (told["id"], told["status"], told["input"]["token"]) == (run, "COMPLETED", "job-1")
    assert told["output"]["video_url"].startswith(counter.sandbox.url)
    assert not any("signature" in name.lower() for name in hook.headers)
    (sent,) = await counter.calls(call="webhook")
    assert sent["status"] == 200


async def test_failures_are_told_too(counter: Counter) -> None:
    await counter.fault("fail", times=1)
    async with Receiver() as hook:
        await _run(counter, hook)
        (told,) = await hook.wait(1)
    assert (told["status"], json.loads(told["error"])["reason"]) == ("FAILED", "internal")


async def test_two_more_tries_and_no_further(counter: Counter) -> None:
    async def refuse(_request: web.Request, _body: Json) -> web.StreamResponse:
        return web.Response(status=500)

    await counter.set("runpod", webhook_seconds=0.05)
    async with Receiver(refuse) as hook:
        await _run(counter, hook)
        await hook.wait(3)
        await _run(counter, hook, token="next")
        await hook.wait(4)
    assert [told["input"]["token"] for told in hook.received[:4]] == ["job-1"] * 3 + ["next"]


async def test_webhooks_get_lost_and_come_twice(counter: Counter) -> None:
    async with Receiver() as hook:
        await counter.fault("lose_webhook", times=1)
        await _run(counter, hook, token="lost")
        await counter.fault("duplicate_webhook", times=1)
        lost = (await counter.work(token="lost"))[0]
        while not lost["told"]:
            lost = (await counter.work(token="lost"))[0]
        await _run(counter, hook, token="twice")
        await hook.wait(2)
    assert [told["input"]["token"] for told in hook.received] == ["twice", "twice"]


async def test_a_webhook_nobody_answers_harms_nothing(counter: Counter) -> None:
    await counter.set("runpod", webhook_seconds=0.0)
    async with Receiver() as hook:
        pass
    run = await _run(counter, hook)
    assert (await counter.see(run))["status"] == "COMPLETED"
