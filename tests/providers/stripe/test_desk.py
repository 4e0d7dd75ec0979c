"""Stripe's API through the adapter: what comes back, and how it fails. Stripe is the sandbox's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from providers.payments import LinkTerms, PaymentError
from providers.stripe.desk import StripeDesk
from tests.sandbox.driver import Json, Sandbox
from tests.support.cards import KEY, be_quick

TERMS = LinkTerms("Taster", "10 credits", 499, "usd", "http://127.0.0.1:1/back", {"bot": "42", "pack_id": "1"})


@pytest.fixture
async def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    be_quick(monkeypatch)
    sandbox = Sandbox(tmp_path / "sandbox")
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def desk(sandbox: Sandbox) -> AsyncIterator[StripeDesk]:
    desk = StripeDesk(KEY, api_url=f"{sandbox.url}/stripe")
    yield desk
    await desk.close()


async def pays(sandbox: Sandbox, url: str, **how: Any) -> Json:
    return dict(await sandbox.control("POST", "stripe/pay", {"link": url} | how))


async def test_a_visit_in_our_words(sandbox: Sandbox, desk: StripeDesk) -> None:
    link = await desk.make_link(TERMS, key="one")
    session = await pays(sandbox, link.url, client_reference_id="token")

    visit = await desk.checkout(session["id"])

    assert visit is not None
    assert (visit.link_id, visit.reference, visit.charge_id) == (link.id, "token", session["payment_intent"])
    assert (visit.progress, visit.amount, visit.currency, visit.one_pack) == ("paid", 499, "usd", True)
    assert visit.labels == TERMS.labels
    assert str(visit.receipt_url).startswith("http")
    assert [one.id for one in await desk.checkouts(link.id, "token", 0)] == [visit.id]
    assert await desk.checkouts(link.id, "other", 0) == []
    assert await desk.checkouts(link.id, "token", 1 << 40) == []


@pytest.mark.parametrize(
    ("how", "then", "progress"),
    [
        ({"method": "declined"}, None, "open"),
        ({"method": "declined"}, "expire", "over"),
        ({"discount": 100}, None, "over"),
        ({"method": "delayed"}, None, "pending"),
        ({"method": "delayed"}, "fail", "failed"),
        ({"method": "delayed"}, "succeed", "paid"),
    ],
)
async def test_how_a_visit_stands(
    sandbox: Sandbox, desk: StripeDesk, how: dict[str, Any], then: str | None, progress: str
) -> None:
    session = await pays(sandbox, (await desk.make_link(TERMS, key="one")).url, **how)
    if then:
        await sandbox.control("POST", f"stripe/sessions/{session['id']}/{then}", {})

    visit = await desk.checkout(session["id"])

    assert visit is not None
    assert visit.progress == progress


async def test_there_is_no_such_visit(desk: StripeDesk) -> None:
    assert await desk.checkout("cs_test_nothing") is None


async def test_one_key_makes_one_link_and_one_refund(sandbox: Sandbox, desk: StripeDesk) -> None:
    links = [await desk.make_link(TERMS, key="one") for _ in range(2)]
    paid = await pays(sandbox, links[0].url)
    refunds = [await desk.refund(paid["payment_intent"], 100, key="back") for _ in range(2)]

    assert links[0] == links[1]
    assert refunds[0] == refunds[1]
    assert await desk.refunds(paid["payment_intent"]) == [refunds[0]]
    assert (refunds[0].kind, refunds[0].amount, refunds[0].charge_id) == ("refund", 100, paid["payment_intent"])


async def test_a_link_is_closed_once_and_for_all(desk: StripeDesk) -> None:
    link = await desk.make_link(TERMS, key="one")
    assert await desk.open_links() == [link]

    for _ in range(2):
        await desk.close_link(link.id)

    assert await desk.open_links() == []


async def test_lists_are_read_to_their_end(sandbox: Sandbox, desk: StripeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    link = await desk.make_link(TERMS, key="one")
    sessions = [(await pays(sandbox, link.url, client_reference_id="token"))["id"] for _ in range(5)]
    monkeypatch.setattr("providers.stripe.desk.PAGE", 2)

    listed = await desk.events(0)

    assert [event["data"]["object"]["id"] for event in listed] == sessions
    assert all(desk.read(event).type == "checkout.session.completed" for event in listed)
    assert sorted(one.id for one in await desk.checkouts(link.id, "token", 0)) == sorted(sessions)


async def test_where_events_are_sent(sandbox: Sandbox, desk: StripeDesk) -> None:
    address = "http://127.0.0.1:1/stripe/webhook"
    await sandbox.control("POST", "stripe/endpoints", {"url": address, "secret": "whsec_x"})

    (known,) = await desk.webhook_addresses()

    assert (known.url, known.enabled, known.types) == (address, True, frozenset("*"))


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        ({"kind": "error"}, True),
        ({"kind": "error", "status": 503}, True),
        ({"kind": "rate_limit"}, True),
        ({"kind": "drop_before"}, True),
        ({"kind": "drop_after"}, True),
    ],
)
async def test_what_passes_may_be_asked_again(
    sandbox: Sandbox, desk: StripeDesk, fault: dict[str, Any], retryable: bool
) -> None:
    await sandbox.control("POST", "stripe/faults", fault)

    with pytest.raises(PaymentError) as error:
        await desk.open_links()

    assert error.value.retryable is retryable
    assert "canary" not in str(error.value)


async def test_a_call_that_failed_twice_is_repeated_under_the_same_key(sandbox: Sandbox, desk: StripeDesk) -> None:
    await sandbox.control("POST", "stripe/faults", {"kind": "drop_after", "times": 2})

    link = await desk.make_link(TERMS, key="one")

    assert await desk.open_links() == [link]


async def test_silence_is_not_waited_out(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.stripe.desk.TRY_SECONDS", 0.05)
    desk = StripeDesk(KEY, api_url=f"{sandbox.url}/stripe")
    await sandbox.control("POST", "stripe/faults", {"kind": "latency", "seconds": 30.0})

    with pytest.raises(PaymentError) as error:
        await desk.open_links()

    assert error.value.retryable
    await desk.close()


async def test_a_refused_key_is_not_told_and_not_tried_again(sandbox: Sandbox) -> None:
    desk = StripeDesk("sk_nonsense_canary_0123456789", api_url=f"{sandbox.url}/stripe")

    with pytest.raises(PaymentError) as error:
        await desk.open_links()

    assert not error.value.retryable
    assert "canary" not in str(error.value)
    assert "6789" not in str(error.value)
    assert error.value.__cause__ is None
    await desk.close()


async def test_what_stripe_refuses_is_said_in_its_words(desk: StripeDesk) -> None:
    with pytest.raises(PaymentError, match="No such payment_intent") as error:
        await desk.refund("pi_nothing", 100, key="k")

    assert not error.value.retryable


@pytest.mark.parametrize(
    "answer",
    [b"<html>maintenance</html>", b"{}", b'{"object": "list"}', b"[]", b"null", b'{"data": 1, "has_more": true}'],
)
async def test_an_answer_of_another_shape_is_an_error_of_the_vendor(answer: bytes) -> None:
    async def odd(_request: web.Request) -> web.Response:
        return web.Response(body=answer, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", odd)
    async with TestServer(app) as server:
        desk = StripeDesk(KEY, api_url=str(server.make_url("")).rstrip("/"))
        with pytest.raises(PaymentError):
            await desk.open_links()
        with pytest.raises(PaymentError):
            await desk.checkout("cs_test_1")
        await desk.close()
