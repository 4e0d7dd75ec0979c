from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from providers.base import FailureReason, OutcomeUnknown, ProviderError
from providers.remote import wire as module
from providers.remote.answers import Answer
from providers.remote.wire import Wire, part
from tests.providers.orders import failure_of
from tests.providers.stand import Stand, file, hangs_up, leads_to, page, says

KEY = "Bearer key_0123456789"
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on this port."""


@pytest.fixture
async def wire(stand: Stand) -> AsyncIterator[Wire]:
    one = Wire("vendor", f"{stand.url}/api/", {"Authorization": KEY}, ask_seconds=0.3, submit_seconds=0.3)
    yield one
    await one.close()


async def test_work_is_handed_over_with_the_key_and_its_id_comes_back(wire: Wire, stand: Stand) -> None:
    stand.on("POST /api/run", says({"id": "work-1"}, 202))

    assert await wire.submit("/run", {"prompt": "волны"}) == "work-1"
    assert stand.asked[0].body == {"prompt": "волны"}
    assert stand.asked[0].headers["Authorization"] == KEY


async def test_nothing_was_taken_where_nobody_listens() -> None:
    wire = Wire("vendor", NOWHERE, {})
    error = await failure_of(wire.submit("/run", {}))
    await wire.close()

    assert not isinstance(error, OutcomeUnknown)
    assert (error.reason, error.retryable) == (FailureReason.UNAVAILABLE, True)


async def test_a_lost_answer_leaves_it_unknown_whether_work_was_taken(wire: Wire, stand: Stand) -> None:
    for answer in (hangs_up, stand.stay_silent):
        stand.on("POST /api/run", answer)
        assert isinstance(await failure_of(wire.submit("/run", {})), OutcomeUnknown)
    assert stand.times("POST /api/run") == 2  # each of them was sent once and no more


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 524])
async def test_so_does_a_server_that_failed_with_the_work_in_its_hands(wire: Wire, stand: Stand, status: int) -> None:
    stand.on("POST /api/run", page("<html>", status))
    assert isinstance(await failure_of(wire.submit("/run", {})), OutcomeUnknown)


@pytest.mark.parametrize(
    "answer",
    [
        page("<html>OK</html>"),
        says({"status": "IN_QUEUE"}),
        says({"id": 7}),
        says({"id": "../v1/organization"}),
        says({"id": "a" * 201}),
        says({"id": ".."}),
        file(b'{"id": "wo', promised=100, content_type="application/json"),
    ],
)
async def test_so_does_a_success_without_a_usable_id(wire: Wire, stand: Stand, answer: object) -> None:
    stand.on("POST /api/run", answer)  # type: ignore[arg-type]
    assert isinstance(await failure_of(wire.submit("/run", {})), OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, FailureReason.BAD_INPUT),
        (401, FailureReason.INTERNAL),
        (307, FailureReason.INTERNAL),
        (429, FailureReason.BUSY),
    ],
)
async def test_a_plain_no_is_certain(wire: Wire, stand: Stand, status: int, reason: FailureReason) -> None:
    stand.on("POST /api/run", says({"error": "no"}, status, Location="/elsewhere"))
    error = await failure_of(wire.submit("/run", {}))

    assert not isinstance(error, OutcomeUnknown)
    assert error.reason is reason
    assert len(stand.asked) == 1


async def test_each_submission_has_a_connection_of_its_own(wire: Wire, stand: Stand) -> None:
    peers: list[object] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        peers.append(request.transport.get_extra_info("peername"))
        return web.json_response({"id": "x"})

    for route in ("POST /api/run", "GET /api/x"):
        stand.on(route, answer)
    for _ in range(3):
        await wire.submit("/run", {})
    for _ in range(3):
        await wire.ask("status", "GET", "/x")

    assert len(set(peers[:3])) == 3
    assert len(set(peers[3:])) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_question_that_fails_may_be_asked_again(wire: Wire, stand: Stand, status: int) -> None:
    stand.on("GET /api/x", page("<html>busy", status))
    assert (await failure_of(wire.ask("status", "GET", "/x"))).retryable


async def test_so_may_one_whose_answer_is_lost(wire: Wire, stand: Stand) -> None:
    for answer in (hangs_up, stand.stay_silent):
        stand.on("GET /api/x", answer)
        error = await failure_of(wire.ask("status", "GET", "/x"))
        assert (error.reason, error.retryable) == (FailureReason.UNAVAILABLE, True)


async def test_an_expected_refusal_is_an_answer(wire: Wire) -> None:
    assert (await wire.ask("status", "GET", "/unknown", passing=(404,))).status == 404
    with pytest.raises(ProviderError):
        await wire.ask("status", "GET", "/unknown")


async def test_redirects_are_not_followed_with_the_key(wire: Wire, stand: Stand) -> None:
    stand.on("GET /api/x", leads_to(f"{stand.url}/elsewhere"))
    with pytest.raises(ProviderError):
        await wire.ask("status", "GET", "/x")
    assert stand.times("GET /elsewhere") == 0


async def test_endless_answers_are_not_read_to_their_end(
    wire: Wire, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    stand.on("GET /api/x", says({"a": "b" * 1000}))
    assert (await failure_of(wire.ask("status", "GET", "/x"))).retryable


async def test_a_body_can_be_left_unread(wire: Wire, stand: Stand) -> None:
    stand.on("GET /api/x", file(b"clip" * 1000), says({"status": "running"}, 202))
    assert (await wire.ask("status", "GET", "/x", unread="video/")).body == b""
    assert (await wire.ask("status", "GET", "/x", unread="video/")).fields() == {"status": "running"}


async def test_who_asks_for_patience_is_left_alone_in_that_matter(wire: Wire, stand: Stand) -> None:
    stand.on("GET /api/x", says({}, 429, Retry_After="60"))
    first = await failure_of(wire.ask("status", "GET", "/x"))
    second = await failure_of(wire.ask("status", "GET", "/x"))

    assert first.retry_after == 60
    assert 55 < (second.retry_after or 0) <= 60
    assert (second.reason, second.retryable) == (FailureReason.BUSY, True)
    assert stand.times("GET /api/x") == 1
    stand.on("POST /api/run", says({"id": "work-1"}))
    assert await wire.submit("/run", {}) == "work-1"


async def test_no_more_are_under_way_at_once_than_agreed(stand: Stand) -> None:
    wire = Wire("vendor", stand.url, {}, at_once=2)
    now, most = 0, 0

    async def answer(_request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return web.json_response({})

    stand.on("GET /x", answer)
    await asyncio.gather(*(wire.ask("status", "GET", "/x") for _ in range(8)))
    await wire.close()
    assert most == 2


async def test_a_vendor_may_give_an_answer_a_meaning_of_its_own(stand: Stand) -> None:
    def judge(answer: Answer) -> ProviderError | None:
        if answer.status == 418:
            return ProviderError("tea", provider="vendor", reason=FailureReason.REFUSED, retryable=False)
        return None

    wire = Wire("vendor", stand.url, {}, judge=judge)
    stand.on("POST /run", says({}, 418), says({}, 400))
    assert (await failure_of(wire.submit("/run", {}))).reason is FailureReason.REFUSED
    assert (await failure_of(wire.submit("/run", {}))).reason is FailureReason.BAD_INPUT
    await wire.close()


def counted(operation: str, outcome: str) -> float:
    labels = {"provider": "vendor", "operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("echoes_provider_requests_total", labels) or 0.0


async def test_everything_is_counted_timed_and_logged(wire: Wire, stand: Stand) -> None:
    before = [counted("submit", outcome) for outcome in ("ok", "busy", "unknown")]
    stand.on("POST /api/run", says({"id": "work-1"}), says({}, 429), page("", 502))
    with capture_logs() as lines:
        await wire.submit("/run", {})
        for _ in range(2):
            await failure_of(wire.submit("/run", {}))

    after = [counted("submit", outcome) for outcome in ("ok", "busy", "unknown")]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]
    assert [(line["log_level"], line["outcome"]) for line in lines] == [
        ("info", "ok"),
        ("warning", "busy"),
        ("warning", "unknown"),
    ]
    assert all(line["provider"] == "vendor" and line["seconds"] >= 0 for line in lines)


async def test_a_question_that_is_called_off_is_told_from_one_that_failed(wire: Wire, stand: Stand) -> None:
    before = counted("status", "stopped")
    arrived = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        arrived.set()
        return await stand.stay_silent(request)

    stand.on("GET /api/x", answer)
    asking = asyncio.create_task(wire.ask("status", "GET", "/x"))
    await arrived.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert counted("status", "stopped") == before + 1


def test_an_id_stays_one_part_of_a_path() -> None:
    assert part("a/../b?c#d") == "a%2F..%2Fb%3Fc%23d"
