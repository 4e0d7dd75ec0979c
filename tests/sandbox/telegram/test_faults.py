"""Faults on order: each does what its name says, as often as ordered, to whom it was meant for."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.sandbox.driver import TOKEN, Person, Sandbox


async def test_a_flood_error_says_how_long_in_body_and_header(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.fault("flood", times=1, retry_after=17)
    url, params = f"{sandbox.url}/bot{TOKEN}/sendMessage", {"chat_id": alice.id, "text": "a"}
    async with sandbox.session.post(url, json=params) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "17")
        body = await answer.json()
    assert body["description"] == "Too Many Requests: retry after 17"
    assert body["parameters"] == {"retry_after": 17}
    await sandbox.ok("sendMessage", chat_id=alice.id, text="a")


@pytest.mark.parametrize("status", [500, 502])
async def test_an_error_is_json_with_a_status(sandbox: Sandbox, alice: Person, status: int) -> None:
    await sandbox.fault("error", times=1, status=status)
    assert (await sandbox.call("sendMessage", chat_id=alice.id, text="a"))["error_code"] == status


async def test_html_is_what_a_proxy_would_say(sandbox: Sandbox) -> None:
    await sandbox.fault("html", times=1)
    async with sandbox.session.get(f"{sandbox.url}/bot{TOKEN}/getMe") as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")


@pytest.mark.parametrize(("kind", "messages"), [("drop_before", 1), ("drop_after", 2)])
async def test_a_connection_is_cut_before_or_after_the_effect(
    sandbox: Sandbox, alice: Person, kind: str, messages: int
) -> None:
    await sandbox.fault(kind, method="sendMessage", times=1)
    with pytest.raises(aiohttp.ClientError):
        await sandbox.call("sendMessage", chat_id=alice.id, text="a")
    assert len((await alice.chat())["messages"]) == messages


async def test_latency_delays(sandbox: Sandbox) -> None:
    await sandbox.fault("latency", seconds=0.2, times=1)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await sandbox.ok("getMe")
    assert loop.time() - begin >= 0.2


async def test_forbidden_looks_like_being_blocked(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.fault("forbidden", times=1)
    assert await sandbox.refusal("sendMessage", chat_id=alice.id, text="a") == "Forbidden: bot was blocked by the user"


async def test_a_fault_ends_after_its_times_its_time_or_when_withdrawn(sandbox: Sandbox) -> None:
    await sandbox.fault("error", times=2)
    assert [(await sandbox.call("getMe"))["ok"] for _ in range(3)] == [False, False, True]
    await sandbox.fault("error", seconds=60)
    assert not (await sandbox.call("getMe"))["ok"]
    sandbox.clock.ahead += 61
    assert (await sandbox.call("getMe"))["ok"]
    number = await sandbox.fault("error")
    assert [fault["id"] for fault in await sandbox.control("GET", "faults")] == [number]
    await sandbox.control("DELETE", f"faults/{number}")
    assert (await sandbox.call("getMe"))["ok"]
    await sandbox.control("DELETE", f"faults/{number}", status=404)


async def test_a_fault_meets_only_whom_it_is_meant_for(sandbox: Sandbox) -> None:
    await sandbox.fault("error", method="SENDMESSAGE")
    await sandbox.fault("error", bot_id=43)
    assert (await sandbox.call("getMe"))["ok"]
    assert (await sandbox.call("sendMessage"))["error_code"] == 500
    await sandbox.control("DELETE", "faults")
    await sandbox.fault("error", times=1)
    assert await sandbox.updates() == []
    assert not (await sandbox.call("getMe"))["ok"]


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"kind": "earthquake"},
        {"kind": "error", "method": "sendLove"},
        {"kind": "error", "times": "2"},
        {"kind": "error", "x": 1},
    ],
)
async def test_an_order_that_means_nothing_is_refused(sandbox: Sandbox, order: dict[str, Any]) -> None:
    assert "error" in await sandbox.control("POST", "faults", order, status=400)


async def test_calls_are_recorded_without_secrets(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.ok("setWebhook", url="http://127.0.0.1:9/", secret_token="hush")
    await sandbox.ok("sendDocument", chat_id=alice.id, document=("a.txt", b"words"))
    await sandbox.call("sendMessage", chat_id=7, text="x")
    calls = await sandbox.control("GET", "calls?after=0")
    assert "hush" not in str(calls)
    assert "TEST-token" not in str(calls)
    *_, document, message = calls
    assert document["params"]["document"] == {"file_name": "a.txt", "size": 5}
    assert (message["ok"], message["error"]) == (False, "Bad Request: chat not found")
    assert await sandbox.control("GET", f"calls?after={document['n']}&method=sendmessage") == [message]
