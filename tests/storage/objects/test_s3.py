"""A bucket that cannot be reached, refuses us, or breaks off in the middle."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from storage.objects import open_store
from storage.objects.base import MAX_LINK_SECONDS, ObjectStore, StoreUnavailable
from storage.objects.s3 import S3Store
from tests.support.world import free_port

KEY = "takes/7/clip.mp4"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret")


@pytest.fixture
async def at(keys: None) -> AsyncIterator[Callable[[str], S3Store]]:
    """`at(endpoint_url)`: a store there, closed at the end."""
    opened: list[S3Store] = []

    def open_at(endpoint_url: str) -> S3Store:
        opened.append(S3Store("bucket", endpoint_url=endpoint_url))
        return opened[-1]

    yield open_at
    for store in opened:
        await store.close()


@pytest.fixture
async def faulty(at: Callable[[str], S3Store]) -> AsyncIterator[Callable[..., Awaitable[S3Store]]]:
    """`await faulty(handler)`: a store at a server that answers every request with `handler`."""
    servers: list[TestServer] = []

    async def answering(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> S3Store:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{path:.*}", handler)
        servers.append(TestServer(app))
        await servers[-1].start_server()
        return at(str(servers[-1].make_url("")))

    yield answering
    for server in servers:
        await server.close()


async def test_a_store_that_is_down_is_unavailable(at: Callable[[str], S3Store]) -> None:
    with pytest.raises(StoreUnavailable, match="EndpointConnectionError"):
        await at(f"http://127.0.0.1:{free_port()}").get(KEY)


async def test_wrong_keys_are_refused_and_not_repeated(s3_url: str, keys: None) -> None:
    store = open_store(s3_url, signing_secret="", public_url="")
    with pytest.raises(StoreUnavailable) as refused:
        await store.put(KEY, b"x", "video/mp4")
    await store.close()
    assert "InvalidAccessKeyId" in str(refused.value)
    assert "canary" not in str(refused.value)


async def test_no_keys_at_all_is_said(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    store = open_store(s3_url, signing_secret="", public_url="")
    with pytest.raises(StoreUnavailable, match="NoCredentialsError"):
        await store.get(KEY)
    await store.close()


async def test_a_bucket_that_does_not_exist_is_no_missing_object(s3_url: str) -> None:
    store = open_store(s3_url.replace("s3://b", "s3://nob", 1), signing_secret="", public_url="")
    with pytest.raises(StoreUnavailable, match=r"refuses: (AccessDenied|NoSuchBucket)"):
        await store.put(KEY, b"x", "video/mp4")
    with pytest.raises(StoreUnavailable, match="NoSuchBucket"):
        await store.get(KEY)
    await store.close()


async def test_a_full_store_is_unavailable(faulty: Callable[..., Awaitable[S3Store]]) -> None:
    async def full(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=507, text="<Error><Code>InsufficientStorage</Code></Error>")

    store = await faulty(full)
    with pytest.raises(StoreUnavailable, match="InsufficientStorage"):
        await store.put(KEY, b"x", "video/mp4")


@pytest.mark.parametrize("by_file", [False, True], ids=["bytes", "file"])
async def test_a_second_try_sends_the_whole_object_again(
    faulty: Callable[..., Awaitable[S3Store]], tmp_path: Path, by_file: bool
) -> None:
    bodies: list[bytes] = []

    async def busy_once(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response(status=503 if len(bodies) == 1 else 200)

    (tmp_path / "in").write_bytes(b"n" * 500_000)
    store = await faulty(busy_once)
    await store.put(KEY, tmp_path / "in" if by_file else b"n" * 500_000, "video/mp4")
    assert bodies == [b"n" * 500_000] * 2


async def test_an_answer_that_breaks_off_is_no_object(
    faulty: Callable[..., Awaitable[S3Store]], tmp_path: Path
) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        await response.write(b"n" * 100_000)
        assert request.transport is not None
        request.transport.close()
        return response

    store = await faulty(break_off)
    with pytest.raises(StoreUnavailable):
        await store.get(KEY)
    with pytest.raises(StoreUnavailable):
        await store.download(KEY, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


async def test_a_link_is_signed_for_a_week_at_most(at: Callable[[str], S3Store]) -> None:
    url = await at("http://127.0.0.1:9").url(KEY, expires_in_seconds=10**7)
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == [str(MAX_LINK_SECONDS)]


async def test_objects_carry_their_type_and_are_shown_rather_than_saved(
    s3_url: str, s3_client: Any, s3_bucket: str
) -> None:
    store: ObjectStore = open_store(s3_url, signing_secret="", public_url="")
    await store.put(KEY, b"x", "video/mp4")
    await store.close()
    head = s3_client.head_object(Bucket=s3_bucket, Key=KEY)
    assert (head["ContentType"], head["ContentDisposition"]) == ("video/mp4", "inline")


async def test_an_address_without_a_region_works_everywhere_but_at_aws(s3_url: str) -> None:
    endpoint = parse_qs(urlsplit(s3_url).query)["endpoint_url"][0]
    address = f"s3://{urlsplit(s3_url).netloc}?{urlencode({'endpoint_url': endpoint})}"
    store = open_store(address, signing_secret="", public_url="")
    await store.put(KEY, b"x", "video/mp4")
    assert await store.get(KEY) == b"x"
    await store.close()
