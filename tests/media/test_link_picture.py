"""The picture beside a link: as large as previews want it, whatever stills there are."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from media.link_picture import MOST_STILLS, SIZE, link_picture
from tests.support.photographs import jpeg


def colour(name: str, size: tuple[int, int] = (320, 180)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, name).save(out, "JPEG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "JPEG"
    return picture.convert("RGB")


@pytest.mark.parametrize("count", range(1, MOST_STILLS + 1))
@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
def test_it_has_one_size_and_is_not_heavy(count: int, size: tuple[int, int]) -> None:
    data = link_picture([jpeg("coffee", size=size)] * count)
    assert opened(data).size == SIZE
    assert len(data) < 300_000


def test_stills_stand_in_reading_order() -> None:
    picture = opened(link_picture([colour(name) for name in ("red", "lime", "blue", "white")]))
    found = [picture.getpixel(place) for place in ((60, 60), (1140, 60), (60, 570), (1140, 570))]
    assert [[value > 128 for value in pixel] for pixel in found if isinstance(pixel, tuple)] == [
        [True, False, False], [False, True, False], [False, False, True], [True, True, True],
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, MOST_STILLS + 1])
def test_there_must_be_stills_and_not_too_many(count: int) -> None:
    with pytest.raises(ValueError, match="stills"):
        link_picture([colour("red")] * count)
