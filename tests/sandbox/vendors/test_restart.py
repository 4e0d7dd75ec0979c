"""The vendors outlive a restart: work, money, photos, signatures, settings; faults do not."""

from __future__ import annotations

from tests.sandbox.vendors.counter import Counter, job


async def test_work_goes_on_where_the_clock_is(counter: Counter) -> None:
    await counter.set("runway", render_seconds=60.0)
    await counter.set("modal", render_seconds=60.0)
    task_id, call_id = await counter.new_task(), await counter.new_call()
    assert (await counter.look(task_id))["status"] == "RUNNING"
    await counter.fault("error")
    await counter.sandbox.restart()
    assert (await counter.look(task_id))["status"] == "RUNNING"
    assert await counter.new_call() == call_id
    counter.sandbox.clock.ahead += 61
    seen = await counter.look(task_id)
    assert (await counter.http.get(seen["output"][0])).status_code == 200
    (sent,) = await counter.submissions(vendor="modal")
    assert sent["submissions"] == 2
    assert (await counter.vendor("runway"))["credits"] == 99_990


async def test_an_address_and_an_upload_are_still_good(counter: Counter) -> None:
    url = (await counter.look(await counter.new_task()))["output"][0]
    place = (await counter.runway("POST", "uploads", {"filename": "a.jpg", "type": "ephemeral"})).json()
    old = counter.sandbox.url
    await counter.sandbox.restart()
    assert (await counter.http.get(url.replace(old, counter.sandbox.url))).status_code == 200
    again = place["uploadUrl"].replace(old, counter.sandbox.url)
    file = [("file", ("a.jpg", b"x" * 600))]
    assert (await counter.http.post(again, data=place["fields"], files=file)).status_code == 204


async def test_a_webhook_is_not_told_twice(counter: Counter) -> None:
    body = {"input": job(), "webhook": f"{counter.sandbox.url}/nobody"}
    run = (await counter.runpod("POST", "run", body)).json()["id"]
    while not (await counter.calls(call="webhook")):
        await counter.see(run)
    await counter.sandbox.restart()
    assert (await counter.see(run))["status"] == "COMPLETED"
    assert await counter.calls(call="webhook") == []
