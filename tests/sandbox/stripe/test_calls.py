"""What all calls have in common: keys, idempotency, pages, expansion, refusals, faults."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import stripe
from stripe import APIConnectionError, AuthenticationError, IdempotencyError, InvalidRequestError, RateLimitError

from tests.sandbox.stripe.shop import KEY, Shop, check

Json = dict[str, Any]


async def ask(shop: Shop, method: str, path: str, *, key: str | None = KEY, **more: Any) -> tuple[int, Json]:
    """Call without the library and return status and body; a refusal is held to the description."""
    headers = more.pop("headers", {}) | ({"Authorization": f"Bearer {key}"} if key else {})
    url = f"{shop.sandbox.url}/stripe{path}"
    async with shop.sandbox.session.request(method, url, headers=headers, **more) as answer:
        body = await answer.json()
        assert answer.headers["Request-Id"].startswith("req_")
        if answer.status != 200:
            check("schema", "error", body)
        return answer.status, body


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (None, "You did not provide an API key"),
        ("sk_test", "Invalid API Key provided: *******"),
        ("sk_prod_abcdefghijkl", "Invalid API Key provided: sk_prod_********ijkl"),
        ("pk_test_abc", "publishable API key"),
    ],
)
async def test_a_wrong_key_is_refused(shop: Shop, key: str | None, message: str) -> None:
    status, body = await ask(shop, "GET", "/v1/products", key=key)
    assert (status, message in body["error"]["message"]) == (401, True)


async def test_keys_come_as_bearer_or_as_user_name(shop: Shop) -> None:
    url = f"{shop.sandbox.url}/stripe/v1/products"
    basic = base64.b64encode(b"rk_test_restricted:").decode()
    async with shop.sandbox.session.get(url, headers={"Authorization": f"Basic {basic}"}) as answer:
        assert answer.status == 200
    with pytest.raises(AuthenticationError):
        await shop.client("sk_test_ü".encode().decode("latin-1")).v1.products.list_async()


async def test_a_key_sees_its_own_mode_only(shop: Shop) -> None:
    price = await shop.price()
    live = shop.client("sk_live_shop")
    with pytest.raises(
        InvalidRequestError, match="a similar object exists in test mode, but a live mode key"
    ) as refused:
        await live.v1.prices.retrieve_async(price)
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
    assert (await live.v1.prices.list_async()).data == []
    made = await live.v1.products.create_async({"name": "Live"})
    assert made.livemode
    assert [event.livemode for event in (await live.v1.events.list_async()).data] == [True]


async def test_the_same_key_and_parameters_have_one_effect(shop: Shop) -> None:
    options: Any = {"idempotency_key": "order:5"}
    first = await shop.api.v1.products.create_async({"name": "P"}, options)
    again = await shop.api.v1.products.create_async({"name": "P"}, options)
    assert again.id == first.id
    assert shop.http.answers[-1]["idempotent-replayed"] == "true"
    assert shop.http.answers[-1]["original-request"] == shop.http.answers[-2]["request-id"]
    assert len((await shop.api.v1.products.list_async()).data) == 1
    with pytest.raises(IdempotencyError, match="same parameters they were first used with"):
        await shop.api.v1.products.create_async({"name": "Q"}, options)
    with pytest.raises(IdempotencyError, match="same endpoint"):
        await shop.api.v1.customers.create_async({"name": "P"}, options)
    live = shop.client("sk_live_shop")
    assert (await live.v1.products.create_async({"name": "P"}, options)).id != first.id


async def test_a_key_is_free_again_after_a_day_and_after_a_refused_request(shop: Shop) -> None:
    options: Any = {"idempotency_key": "k"}
    with pytest.raises(InvalidRequestError):
        await shop.api.v1.products.create_async({"nam": "P"}, options)  # type: ignore[typeddict-unknown-key, typeddict-item]
    first = await shop.api.v1.products.create_async({"name": "P"}, options)
    shop.sandbox.clock.ahead += 25 * 3600
    assert (await shop.api.v1.products.create_async({"name": "Other"}, options)).id != first.id


async def test_a_refusal_that_came_after_the_parameters_is_repeated_too(shop: Shop) -> None:
    paid = await shop.paid("declined")
    intent, options = (await shop.session(paid["id"])).payment_intent, {"idempotency_key": "r"}
    for _ in range(2):
        with pytest.raises(InvalidRequestError, match="does not have a successful charge"):
            await shop.api.v1.refunds.create_async({"payment_intent": intent}, options)  # type: ignore[arg-type]
    assert shop.http.answers[-1]["idempotent-replayed"] == "true"


async def test_lists_are_paged_from_the_newest_on(shop: Shop) -> None:
    made = [(await shop.api.v1.products.create_async({"name": str(n)})).id for n in range(5)]
    products = shop.api.v1.products
    first = await products.list_async({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == ([made[4], made[3]], True)
    rest = await products.list_async({"limit": 10, "starting_after": made[3]})
    assert ([one.id for one in rest.data], rest.has_more) == ([made[2], made[1], made[0]], False)
    before = await products.list_async({"limit": 1, "ending_before": made[2]})
    assert ([one.id for one in before.data], before.has_more) == ([made[3]], True)
    assert [one.id async for one in (await products.list_async({"limit": 2})).auto_paging_iter()] == made[::-1]
    with pytest.raises(InvalidRequestError) as refused:
        await products.list_async({"limit": 101})
    assert refused.value.param == "limit"
    with pytest.raises(InvalidRequestError, match="No such object"):
        await products.list_async({"starting_after": "prod_nobody"})


async def test_lists_choose_by_time(shop: Shop) -> None:
    old = await shop.api.v1.products.create_async({"name": "old"})
    shop.sandbox.clock.ahead += 100
    new = await shop.api.v1.products.create_async({"name": "new"})
    products = shop.api.v1.products
    for moment, found in (
        ({"gt": old.created}, [new.id]),
        ({"gte": old.created, "lt": new.created}, [old.id]),
        ({"lte": new.created}, [new.id, old.id]),
        (old.created, [old.id]),
    ):
        assert [one.id for one in (await products.list_async({"created": moment})).data] == found  # type: ignore[arg-type]


async def test_sessions_are_found_by_link_payment_and_state(shop: Shop) -> None:
    link = await shop.link()
    paid, opened, other = await shop.paid(link=link), await shop.paid("declined", link=link), await shop.paid()
    sessions = shop.api.v1.checkout.sessions

    async def found(**params: Any) -> list[str]:
        return [one.id for one in (await sessions.list_async(params)).data]  # type: ignore[arg-type]

    assert await found(payment_link=link.id) == [opened["id"], paid["id"]]
    assert await found(payment_intent=paid["payment_intent"]) == [paid["id"]]
    assert await found(status="open") == [opened["id"]]
    assert await found(created={"gte": paid["created"]}) == [other["id"], opened["id"], paid["id"]]
    items = await sessions.line_items.list_async(paid["id"])
    assert items.data[0].amount_total == 499


async def test_events_are_found_by_type_and_by_whether_they_arrived(shop: Shop) -> None:
    await shop.control("settings", {"attempts": 1})
    shop.hearer.answers = [500]
    await shop.api.v1.products.create_async({"name": "P"})
    await shop.paid()
    await shop.heard("charge.updated")
    events = shop.api.v1.events
    listed = await events.list_async({"types": ["checkout.session.completed", "charge.refunded"]})
    assert [one.type for one in listed.data] == ["checkout.session.completed"]
    assert [one.type for one in (await events.list_async({"type": "charge.updated"})).data] == ["charge.updated"]

    await shop.arrived(len(shop.hearer.events) - 1)
    assert [one.type for one in (await events.list_async({"delivery_success": False})).data] == ["product.created"]
    assert "product.created" not in {
        one.type for one in (await events.list_async({"delivery_success": True})).data[:-1]
    }


@pytest.mark.parametrize("path", ["status", "customer.nothing", "line_items.data.quantity", "nothing", "a.b.c.d.e"])
async def test_what_cannot_be_expanded_is_refused(shop: Shop, path: str) -> None:
    paid = await shop.paid(link=await shop.link(customer_creation="always"))
    with pytest.raises(InvalidRequestError, match="expand"):
        await shop.session(paid["id"], path)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/v1/nonsense", None, 404, "Unrecognized request URL (GET: /v1/nonsense)"),
        ("POST", "/v1/charges", None, 404, "Unrecognized request URL"),
        ("POST", "/v1/products", "name=a&name[b]=c", 400, "Invalid object"),
        ("POST", "/v1/products", "name", 400, "not a form"),
        ("POST", "/v1/products", "name[x]=y", 400, "Invalid string"),
        ("POST", "/v1/products", "name=", 400, "empty string for 'name'"),
        ("POST", "/v1/products", "name=P&active=yes", 400, "Invalid boolean: yes"),
        ("POST", "/v1/products", "name=P&images=x", 400, "Invalid array"),
        ("POST", "/v1/products", "name=P&images[a]=x", 400, "Invalid array"),
        ("POST", "/v1/products", "name=P&metadata=x", 400, "Invalid object"),
        ("POST", "/v1/products", "name=P&a=1&b=2", 400, "Received unknown parameters: a, b"),
        ("POST", "/v1/products", "name=P&[x]=1", 400, "check that your POST content is form-encoded"),
        ("POST", "/v1/products", f"name=P&metadata{'[a]' * 30}=1", 400, "nested too deeply"),
        ("POST", "/v1/products", "", 400, "Missing required param: name."),
        ("GET", "/v1/products?limit=many", None, 400, "Invalid integer: many"),
        ("GET", "/v1/products?limit=0", None, 400, "greater than or equal to 1"),
        ("GET", "/v1/products?created[since]=1", None, 400, "Received unknown parameter: created[since]"),
        ("GET", "/v1/checkout/sessions/cs_test_nobody", None, 404, "No such checkout.session: 'cs_test_nobody'"),
    ],
)
async def test_wrong_requests_are_refused_in_stripes_words(
    shop: Shop, method: str, path: str, body: str | None, status: int, message: str
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answered, error = await ask(shop, method, path, data=body, headers=headers)
    assert (answered, message in error["error"]["message"]) == (status, True), error


async def test_json_and_unknown_versions_are_refused(shop: Shop) -> None:
    status, body = await ask(shop, "POST", "/v1/products", json={"name": "P"})
    assert (status, "application/x-www-form-urlencoded" in body["error"]["message"]) == (400, True)
    status, body = await ask(shop, "GET", "/v1/products", headers={"Stripe-Version": "newest"})
    assert (status, body["error"]["message"]) == (400, "Invalid Stripe API version: newest")


async def test_arrays_may_be_written_without_numbers(shop: Shop) -> None:
    body = "name=P&images[]=https://a.example/1.png&images[]=https://a.example/2.png"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    _, made = await ask(shop, "POST", "/v1/products", data=body, headers=headers)
    assert made["images"] == ["https://a.example/1.png", "https://a.example/2.png"]


async def test_a_connection_cut_after_the_effect_is_made_good_by_the_key(shop: Shop) -> None:
    await shop.control("faults", {"kind": "drop_after", "call": "POST /v1/products", "times": 1})
    patient = shop.client(KEY, max_network_retries=2)
    made = await patient.v1.products.create_async({"name": "P"})
    assert [one.id for one in (await shop.api.v1.products.list_async()).data] == [made.id]
    assert shop.http.answers[-2]["idempotent-replayed"] == "true"


async def test_a_connection_cut_before_the_effect_leaves_nothing(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    await shop.control("faults", {"kind": "drop_before", "times": 1})
    with pytest.raises(APIConnectionError):
        await shop.api.v1.products.create_async({"name": "P"})
    assert (await shop.api.v1.products.list_async()).data == []
    assert [record for record in caplog.records if record.name.startswith("aiohttp")] == []


async def test_errors_on_order(shop: Shop) -> None:
    await shop.control("faults", {"kind": "rate_limit", "times": 1})
    with pytest.raises(RateLimitError):
        await shop.api.v1.products.list_async()
    await shop.control("faults", {"kind": "error", "status": 503, "times": 1})
    with pytest.raises(stripe.APIError) as refused:
        await shop.api.v1.products.list_async()
    assert refused.value.http_status == 503
    await shop.control("faults", {"kind": "latency", "call": "POST /v1/refunds", "seconds": 60})
    await shop.api.v1.products.list_async()
    [standing] = await shop.control("faults")
    assert (standing["kind"], standing["seconds"]) == ("latency", 60)
    await shop.control(f"faults/{standing['id']}", verb="DELETE")
    assert await shop.control("faults") == []
    await shop.control("faults", {"kind": "plague"}, status=400)


async def test_calls_are_written_down(shop: Shop) -> None:
    await shop.api.v1.products.create_async({"name": "P"})
    [call] = await shop.control("calls?call=POST /v1/products")
    assert (call["status"], call["params"]) == (200, {"name": "P"})
