"""From the address of a picture to its bytes, or to Runway's complaint."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.vendors.house import House
from sandbox.vendors.photos import BadPhoto
from sandbox.vendors.runway.pictures import read_picture
from sandbox.vendors.visit import Refusal
from tests.sandbox.vendors.counter import base64_photo, picture_uri

PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, time.time)
    yield house
    await house.close()


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        ("http://example.com/a.jpg", "Only HTTPS URLs are allowed."),
        ("https://93.184.216.34/a.jpg", "URLs must be hosted on a domain."),
        ("https://[::1]/a.jpg", "URLs must be hosted on a domain."),
        ("https://localhost/a.jpg", "URLs must be hosted on a domain."),
        ("https://example.com/" + "a" * 2048, "Invalid URL"),
        ("photo.jpg", "Invalid URL"),
        ("https://example.com/a.jpg", "loads nothing from elsewhere"),
        (f"data:image/gif;base64,{PIXEL}", "Unsupported asset type."),
        (f"data:application/octet-stream;base64,{base64_photo()}", "Unsupported asset type."),
        ("data:image/jpeg;base64,%%%", "Invalid data URI."),
        ("data:image/jpeg;base64,abc", "Invalid data URI."),
        ("data:image/jpeg," + base64_photo(), "Invalid data URI."),
        ("data:image/jpeg;base64," + "A" * (5 * 1024 * 1024), "Asset size exceeds 5.0MB."),
        ("runway://nothing", "does not exist or has expired"),
    ],
    ids=lambda value: value[:40],
)
async def test_a_picture_that_cannot_be_had_is_refused(house: House, picture: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        await read_picture(house, picture)
    body = refused.value.body
    assert isinstance(body, dict)
    assert refused.value.status == 400
    assert body["error"].startswith("Invalid asset for promptImage.")
    assert reason in body["error"]


async def test_the_same_photo_is_kept_once(house: House) -> None:
    names = {await read_picture(house, picture_uri(color)) for color in ("teal", "red", "teal")}
    assert len(names) == 2
    assert all(house.photos.read(name).startswith(b"\xff\xd8") for name in names)


async def test_bytes_that_are_no_photo_are_not_kept(house: House) -> None:
    with pytest.raises(BadPhoto, match="not_an_image"):
        await read_picture(house, "data:image/png;base64,bm8gcGljdHVyZQ==")
