"""Webhooks: the secret, patience with failures, order per source, connections, calls in the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.webhooks import GONE_SECONDS, backoff
from tests.sandbox.driver import Person, Sandbox, buttons
from tests.sandbox.receiver import Answer, Receiver

Json = dict[str, Any]


def _failing(times: int, status: int, headers: dict[str, str] | None = None) -> Answer:
    """Answer with a status so many times, each with its number as reason, then with 200."""
    count = [0]

    async def answer(_request: web.Request, _update: Json) -> web.StreamResponse:
        count[0] += 1
        if count[0] > times:
            return web.Response()
        return web.Response(status=status, reason=f"failure {count[0]}", headers=headers)

    return answer


async def _state(sandbox: Sandbox, wanted: Callable[[Json], bool]) -> Json:
    """Wait until the webhook's state is as wanted, and return it."""
    async with asyncio.timeout(5):
        while not wanted(info := await sandbox.ok("getWebhookInfo")):  # noqa: ASYNC110  # asked over HTTP
            await asyncio.sleep(0.005)
    return dict(info)


async def _noticed(sandbox: Sandbox, trouble: str) -> Json:
    """Wait until the sandbox has taken note of a failure, and return the webhook's state."""
    return await _state(sandbox, lambda info: trouble in info.get("last_error_message", ""))


async def _listen(sandbox: Sandbox, receiver: Receiver, **params: Any) -> None:
    await sandbox.ok("setWebhook", url=receiver.url, **params)


async def _pending(sandbox: Sandbox, count: int) -> Json:
    """Wait until so many updates are pending, and return the webhook's state."""
    return await _state(sandbox, lambda info: info["pending_update_count"] == count)


async def test_updates_come_with_the_secret_even_those_from_before(sandbox: Sandbox, alice: Person) -> None:
    await alice.writes("before")
    async with Receiver() as receiver:
        await _listen(sandbox, receiver, secret_token="s-3_cret")
        await alice.writes("after")
        texts = [update["message"]["text"] for update in await receiver.wait(2)]
        assert texts == ["before", "after"]
        assert receiver.headers["X-Telegram-Bot-Api-Secret-Token"] == "s-3_cret"
        info = await _pending(sandbox, 0)
        assert info["url"] == receiver.url
        assert "secret_token" not in info


async def test_what_waits_can_be_dropped(sandbox: Sandbox, alice: Person) -> None:
    await alice.writes("before")
    async with Receiver() as receiver:
        await _listen(sandbox, receiver, drop_pending_updates=True)
        await alice.writes("after")
        assert [update["message"]["text"] for update in await receiver.wait(1)] == ["after"]


async def test_a_failure_is_tried_again_at_once_and_then_with_pauses(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver(_failing(2, 500)) as receiver:
        await _listen(sandbox, receiver)
        await alice.writes("hello")
        info = await _noticed(sandbox, "failure 2")
        assert info["last_error_message"] == "Wrong response from the webhook: 500 failure 2"
        assert info["pending_update_count"] == 1
        sandbox.clock.ahead += 2
        await alice.writes("wakes the delivery")
        first, second, third, *_ = await receiver.wait(3)
        assert first == second == third
        await _pending(sandbox, 0)


async def test_a_wish_to_wait_is_honoured(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver(_failing(1, 503, {"Retry-After": "600"})) as receiver:
        await _listen(sandbox, receiver)
        await alice.writes("hello")
        await _noticed(sandbox, "failure 1")
        sandbox.clock.ahead += 590
        await alice.writes("too early")
        bob = await sandbox.person("Bob")
        await bob.writes("/start")
        assert (await receiver.wait(2))[1]["message"]["text"] == "/start"
        sandbox.clock.ahead += 20
        await bob.writes("wakes the delivery")
        texts = {update["message"]["text"] for update in (await receiver.wait(5))[2:]}
        assert texts == {"hello", "too early", "wakes the delivery"}


@pytest.mark.parametrize("failure", ["redirect", "hang-up"])
async def test_a_redirect_or_a_hang_up_is_a_failure(sandbox: Sandbox, alice: Person, failure: str) -> None:
    tries = []

    async def answer(request: web.Request, _update: Json) -> web.StreamResponse:
        tries.append(1)
        if len(tries) == 1 and failure == "redirect":
            raise web.HTTPFound("/elsewhere")
        if len(tries) == 1 and request.transport is not None:
            request.transport.abort()
        return web.Response()

    async with Receiver(answer) as receiver:
        await _listen(sandbox, receiver)
        await alice.writes("hello")
        await receiver.wait(2)
        await _pending(sandbox, 0)


async def test_nobody_at_the_address_is_told_by_get_webhook_info(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver() as receiver:
        url = receiver.url
    await sandbox.ok("setWebhook", url=url)
    await alice.writes("hello")
    info = await _noticed(sandbox, "Connection refused")
    assert info["pending_update_count"] == 1


async def test_after_a_day_of_410_the_webhook_is_gone(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver(_failing(99, 410)) as receiver:
        await _listen(sandbox, receiver)
        await alice.writes("hello")
        await _noticed(sandbox, "failure 2")
        sandbox.clock.ahead += GONE_SECONDS
        await alice.writes("wakes the delivery")
        await receiver.wait(3)
        await _state(sandbox, lambda info: not info["url"])
    assert len(await sandbox.updates()) == 2


async def test_one_chat_s_updates_wait_for_each_other_and_others_do_not(sandbox: Sandbox, alice: Person) -> None:
    release = asyncio.Event()

    async def answer(_request: web.Request, update: Json) -> web.StreamResponse:
        if update.get("message", {}).get("text") == "poison":
            await release.wait()
        return web.Response()

    card = await sandbox.ok("sendMessage", chat_id=alice.id, text="a", reply_markup=buttons({"x": "x"}))
    bob = await sandbox.person("Bob")
    async with Receiver(answer) as receiver:
        await _listen(sandbox, receiver)
        await alice.writes("poison")
        await alice.writes("next")
        await alice.taps(card["message_id"], "x")
        await bob.writes("/start")
        await receiver.wait(3)
        await _pending(sandbox, 2)
        release.set()
        assert (await receiver.wait(4))[3]["message"]["text"] == "next"


async def test_never_more_connections_than_allowed(sandbox: Sandbox) -> None:
    release, now, most = asyncio.Event(), [0], [0]

    async def answer(_request: web.Request, _update: Json) -> web.StreamResponse:
        now[0] += 1
        most[0] = max(most[0], now[0])
        if now[0] == 2:
            release.set()
        await release.wait()
        await asyncio.sleep(0)
        now[0] -= 1
        return web.Response()

    people = [await sandbox.person(f"Person {number}") for number in range(6)]
    async with Receiver(answer) as receiver:
        await _listen(sandbox, receiver, max_connections=2)
        for person in people:
            await person.writes("/start")
        await receiver.wait(6)
    assert most == [2]


async def test_a_call_in_the_answer_is_carried_out_unless_it_only_asks(sandbox: Sandbox, alice: Person) -> None:
    replies = iter(
        [
            {"method": "sendMessage", "chat_id": alice.id, "text": "from the answer"},
            {"method": "deleteWebhook"},
            {"method": "sendMessage", "chat_id": 7, "text": "nobody hears of the error"},
            ["no object"],
        ]
    )

    async def answer(_request: web.Request, _update: Json) -> web.StreamResponse:
        return web.json_response(next(replies))

    async with Receiver(answer) as receiver:
        await _listen(sandbox, receiver)
        for text in "abcd":
            await alice.writes(text)
        await receiver.wait(4)
        await _pending(sandbox, 0)
    texts = [message["text"] for message in (await alice.chat())["messages"]]
    assert [text for text in texts if len(text) > 1] == ["/start", "from the answer"]
    methods = [call["method"] for call in await sandbox.control("GET", "calls") if not call["ok"]]
    assert methods == ["sendMessage"]


async def test_updates_are_doubled_on_order(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver() as receiver:
        await _listen(sandbox, receiver)
        await sandbox.fault("duplicate_updates", times=1)
        await alice.writes("hello")
        first, second = await receiver.wait(2)
        assert first == second
        await sandbox.control("POST", f"updates/{first['update_id']}/redeliver", {"times": 3})
        assert await receiver.wait(5) == [first] * 5


async def test_updates_are_turned_round_on_order(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.fault("reorder_updates", times=1)
    await alice.writes("one")
    await alice.writes("two")
    async with Receiver() as receiver:
        await _listen(sandbox, receiver)
        assert [update["message"]["text"] for update in await receiver.wait(2)] == ["two", "one"]


@given(st.integers(0, 2000))
def test_pauses_double_up_to_one_or_two_minutes(failures: int) -> None:
    pause = backoff(failures)
    exact = {0: 0, 1: 0, 2: 2, 3: 4, 4: 8, 5: 16, 6: 32}
    assert pause == exact[failures] if failures in exact else 60 <= pause <= 120
