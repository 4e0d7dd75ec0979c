from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from providers.base import FailureReason
from providers.remote import outside as module
from providers.remote.outside import Outside
from tests.providers.orders import failure_of
from tests.providers.stand import Stand, file, hangs_up, leads_to, page, says, standing

KEY = {"Authorization": "Bearer key_0123456789"}
CLIP = bytes(range(256)) * 4000
SIGNED = "clip.mp4?signature=s3cr3t"


@pytest.fixture
async def outside(stand: Stand) -> AsyncIterator[Outside]:
    one = Outside("vendor", URL(stand.url), KEY, most_bytes=2_000_000, seconds=0.5)
    yield one
    await one.close()


@pytest.fixture
async def elsewhere(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    """A server beside the vendor's, which for this test counts as the public internet."""
    monkeypatch.setattr(module, "checked", lambda address, own, seen_at=None: (seen_at or own).join(URL(address)))
    async with standing() as stand:
        yield stand


async def test_a_clip_comes_whole_from_the_vendors_own_host_with_the_key(
    outside: Outside, stand: Stand, tmp_path: Path
) -> None:
    stand.on("GET /clip.mp4", file(CLIP))
    await outside.download(f"{stand.url}/{SIGNED}", tmp_path / "clip")

    assert (tmp_path / "clip").read_bytes() == CLIP
    assert stand.asked[0].headers["Authorization"] == KEY["Authorization"]


async def test_redirects_are_followed_and_nobody_else_gets_the_key(
    outside: Outside, stand: Stand, elsewhere: Stand, tmp_path: Path
) -> None:
    stand.on("GET /clip.mp4", leads_to(f"{elsewhere.url}/a"))
    elsewhere.on("GET /a", leads_to("/b", 307))
    elsewhere.on("GET /b", file(CLIP))
    await outside.download(f"{stand.url}/clip.mp4", tmp_path / "clip")

    assert (tmp_path / "clip").read_bytes() == CLIP
    assert all("Authorization" not in one.headers for one in elsewhere.asked)


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest/", "https://10.0.0.1/a", "https://localhost:1/a", "file:///etc/passwd", "http://["],
)
async def test_nobody_leads_us_to_a_private_place(outside: Outside, stand: Stand, tmp_path: Path, address: str) -> None:
    stand.on("GET /clip.mp4", leads_to(address))
    for first in (address, f"{stand.url}/clip.mp4"):
        error = await failure_of(outside.download(first, tmp_path / "clip"))
        assert (error.reason, error.retryable) == (FailureReason.BAD_RESULT, False)
    assert not (tmp_path / "clip").exists()


@pytest.mark.parametrize("status", [403, 404, 410, 500, 204])
async def test_an_address_that_has_expired_may_be_had_anew(
    outside: Outside, stand: Stand, tmp_path: Path, status: int
) -> None:
    stand.on("GET /clip.mp4", page("<Error/>", status))
    error = await failure_of(outside.download(f"{stand.url}/{SIGNED}", tmp_path / "clip"))
    assert error.retryable
    assert not (tmp_path / "clip").exists()


async def test_half_a_clip_is_no_clip(outside: Outside, stand: Stand, tmp_path: Path) -> None:
    for answer in (file(CLIP[:50_000], promised=len(CLIP)), hangs_up, stand.stay_silent):
        stand.on("GET /clip.mp4", answer)
        error = await failure_of(outside.download(f"{stand.url}/{SIGNED}", tmp_path / "clip"))
        assert (error.reason, error.retryable) == (FailureReason.BAD_RESULT, True)
        assert not (tmp_path / "clip").exists()


async def test_an_endless_clip_is_given_up(outside: Outside, stand: Stand, tmp_path: Path) -> None:
    stand.on("GET /clip.mp4", file(CLIP * 3))
    error = await failure_of(outside.download(f"{stand.url}/{SIGNED}", tmp_path / "clip"))
    assert not error.retryable
    assert not (tmp_path / "clip").exists()


async def test_redirects_in_a_circle_are_given_up(outside: Outside, stand: Stand, tmp_path: Path) -> None:
    stand.on("GET /clip.mp4", leads_to("/clip.mp4"))
    assert (await failure_of(outside.download(f"{stand.url}/clip.mp4", tmp_path / "clip"))).retryable
    assert len(stand.asked) == module.MOST_REDIRECTS + 1


async def test_a_redirect_to_nowhere_is_no_clip(outside: Outside, stand: Stand, tmp_path: Path) -> None:
    stand.on("GET /clip.mp4", says({}, 302))
    await failure_of(outside.download(f"{stand.url}/clip.mp4", tmp_path / "clip"))


async def test_what_goes_wrong_is_told_without_the_address(outside: Outside, stand: Stand, tmp_path: Path) -> None:
    answers: list[Any] = [page("", 403), hangs_up, file(CLIP, promised=9_000_000), file(CLIP * 3), leads_to("http://[")]
    stand.on("GET /clip.mp4", *answers)
    for _ in answers:
        error = await failure_of(outside.download(f"{stand.url}/{SIGNED}", tmp_path / "clip"))
        assert "s3cr3t" not in f"{error} {error.__cause__}"
        assert error.__suppress_context__ or error.__context__ is None


async def test_a_photo_goes_up_as_a_form_with_the_file_last(outside: Outside, stand: Stand, elsewhere: Stand) -> None:
    elsewhere.on("POST /upload", says({}, 204))
    await outside.upload(f"{elsewhere.url}/upload", {"key": "k1", "policy": "p1"}, b"\xff\xd8photo")

    content = elsewhere.asked[0].content
    assert content.index(b"k1") < content.index(b"p1") < content.index(b"\xff\xd8photo")
    assert b'name="file"; filename="photo.jpg"' in content
    assert "Authorization" not in elsewhere.asked[0].headers


async def test_a_photo_goes_to_no_private_place(outside: Outside) -> None:
    error = await failure_of(outside.upload("https://10.0.0.1/upload", {}, b"photo"))
    assert not error.retryable


async def test_an_upload_that_fails_may_be_tried_again(outside: Outside, stand: Stand) -> None:
    stand.on("POST /upload", page("", 500), hangs_up)
    for _ in range(2):
        assert (await failure_of(outside.upload(f"{stand.url}/upload", {}, b"photo"))).retryable
