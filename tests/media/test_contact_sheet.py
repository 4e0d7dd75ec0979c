from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from media.contact_sheet import contact_sheet
from tests.media.photographs import encoded, photograph

COLOURS = ["red", "green", "blue", "orange", "purple", "brown", "navy", "teal", "olive", "maroon"]


def sheet_of(photos: list[bytes]) -> Image.Image:
    sheet = Image.open(io.BytesIO(contact_sheet(photos)))
    sheet.load()
    return sheet


@pytest.mark.parametrize("count", range(1, 11))
def test_every_photo_of_an_album_is_on_the_sheet_in_reading_order(count: int) -> None:
    sheet = sheet_of([encoded(Image.new("RGB", (640, 480), colour)) for colour in COLOURS[:count]])

    seen = _colours_in_reading_order(sheet)

    assert sheet.format == "JPEG"
    assert sheet.width == 1280
    assert 0.5 < sheet.width / sheet.height < 4.5
    assert seen == COLOURS[:count]


def _colours_in_reading_order(sheet: Image.Image) -> list[str]:
    palette = {name: np.array(Image.new("RGB", (1, 1), name).getpixel((0, 0))) for name in COLOURS}
    seen: list[str] = []
    for y in range(12, sheet.height, 24):
        for x in range(140, 1280, 80):  # to the right of the numbers
            pixel = np.array(sheet.getpixel((x, y)))
            name = min(palette, key=lambda known: float(np.abs(palette[known] - pixel).sum()))
            if np.abs(palette[name] - pixel).sum() < 30 and name not in seen:
                seen.append(name)
    return seen


def test_each_photo_carries_its_own_number() -> None:
    sheet = sheet_of([encoded(Image.new("RGB", (600, 600), "green"))] * 2)

    first, second = sheet.crop((24, 24, 76, 76)), sheet.crop((659, 24, 711, 76))

    for badge in (first, second):
        assert np.asarray(badge.convert("L")).max() > 230
        assert np.asarray(badge.convert("L")).min() < 60
    assert np.abs(np.asarray(first, np.int16) - np.asarray(second, np.int16)).max() > 150


def test_photos_of_any_shape_fill_their_cell() -> None:
    shapes = [(300, 1200), (1200, 300), (500, 500), (2560, 1440), (1080, 1920)]
    sheet = np.asarray(sheet_of([encoded(Image.new("RGB", shape, "navy")) for shape in shapes]))

    painted = (np.abs(sheet.astype(int) - (0, 0, 128)).sum(axis=2) < 30).mean()

    assert painted > 0.9  # the rest is the gaps and the numbers


def test_ten_large_photos_stay_far_below_telegrams_limit_for_photos() -> None:
    data = contact_sheet([encoded(photograph().resize((2560, 1707)))] * 10)

    assert len(data) < 2_000_000


@pytest.mark.parametrize("count", [0, 11])
def test_it_refuses_more_or_fewer_photos_than_an_album_has(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        contact_sheet([encoded(photograph())] * count)


def test_numbers_go_on_where_the_page_before_ended() -> None:
    photos = [encoded(photograph())] * 2
    assert contact_sheet(photos, first=1) == contact_sheet(photos)
    assert len({contact_sheet(photos, first=first) for first in (1, 11, 99, 101)}) == 4
