"""Addresses of results: signed, good for a while, and not always leading where they should."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.vendors.counter import Counter, picture_uri


async def _url(counter: Counter, **more: str) -> str:
    return str((await counter.look(await counter.new_task(**more)))["output"][0])


async def test_ranges_and_heads_are_served(counter: Counter) -> None:
    url = await _url(counter)
    head = await counter.http.head(url)
    assert (head.status_code, head.headers["Content-Type"], head.content) == (200, "video/mp4", b"")
    part = await counter.http.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert head.headers["X-Sandbox"]


async def test_an_address_expires_and_a_new_look_gives_a_new_one(counter: Counter) -> None:
    task_id = await counter.new_task()
    (old,) = (await counter.look(task_id))["output"]
    counter.sandbox.clock.ahead += 86_401
    assert (await counter.http.get(old)).status_code == 403
    (new,) = (await counter.look(task_id))["output"]
    assert (await counter.http.get(new)).status_code == 200


@pytest.mark.parametrize("change", [{"expires": "9999999999"}, {"signature": "0" * 32}, {"signature": ""}], ids=str)
async def test_an_address_that_was_tampered_with_is_refused(counter: Counter, change: dict[str, str]) -> None:
    url = httpx.URL(await _url(counter)).copy_merge_params(change)
    assert (await counter.http.get(url)).status_code == 403


async def test_another_works_address_needs_its_own_signature(counter: Counter) -> None:
    mine, other = await _url(counter), await counter.new_task()
    url = httpx.URL(mine)
    assert (await counter.http.get(url.copy_with(path=f"/vendors/runway/{other}.mp4"))).status_code == 403
    assert (await counter.http.get(url.copy_with(path="/vendors/runway/none.mp4"))).status_code == 404
    assert (await counter.http.get(url.copy_with(path=url.path.replace("runway", "runpod")))).status_code == 404


async def test_addresses_expire_or_lead_away_on_order(counter: Counter) -> None:
    await counter.fault("expired_url", times=1)
    assert (await counter.http.get(await _url(counter))).status_code == 403
    await counter.fault("redirect", times=1)
    answer = await counter.http.get(await _url(counter))
    assert (answer.status_code, answer.headers["Location"][:23]) == (302, "http://169.254.169.254/")
    await counter.fault("redirect", to="http://10.0.0.1/", times=1)
    assert (await counter.http.get(await _url(counter))).headers["Location"] == "http://10.0.0.1/"


async def test_loading_meets_faults_of_its_own(counter: Counter) -> None:
    url = await _url(counter)
    await counter.fault("error", call="fetch", status=503, times=1)
    await counter.fault("drop_before", call="fetch", times=2)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await counter.http.get(url)
    assert (await counter.http.get(url)).status_code in (200, 503)


async def test_the_same_order_is_rendered_once(counter: Counter) -> None:
    folder = counter.sandbox.state / "vendors" / "clips"

    async def made(color: str) -> set[tuple[str, int]]:
        await counter.load(await _url(counter, promptImage=picture_uri(color)))
        return {(clip.name, clip.stat().st_mtime_ns) for clip in folder.glob("*.mp4")}

    first = await made("teal")
    assert await made("teal") == first
    assert len(await made("red") - first) == 1
